/** What a learner does in one lab: check, submit, follow the grading, ask for hints. Knows no JupyterLab widget. */

import type {
  CellError,
  FirstHint,
  Hint,
  HintRequest,
  NexusEvent,
  NodeDetail,
  RoadmapDetail,
  Submission,
  Unlocked
} from '../api/contract';
import { messageOf, OfflineError } from '../api/errors';
import { routes } from '../api/routes';
import type { NexusModel } from '../model/model';
import { Observable } from '../model/observable';
import { Resource } from '../model/resource';
import { lockedNodes, unlockedSince } from '../roadmap/unlocking';
import { labPath } from './book';
import {
  type CellLike,
  type CheckResult,
  errorOfCell,
  failingCell,
  gradeIdOf,
  sourceOf,
  summarise,
  taskAt
} from './checks';

export interface NotebookJson {
  cells: CellLike[];
  [name: string]: unknown;
}

/** The notebook, as far as a lab session needs it. */
export interface LabNotebook {
  /** where it is in the workspace */
  path(): string;
  json(): NotebookJson;
  cells(): CellLike[];
  activeIndex(): number;
  /** Run every code cell from top to bottom; reports how many are done. Tells which cells ran. */
  runAll(progress: (done: number, total: number) => void): Promise<Set<number>>;
  save(): Promise<void>;
  /** Tells whenever cells ran, or the kernel came back. */
  onRun(listener: () => void): void;
  /** Show what is on disk now. */
  reload(): Promise<void>;
}

export interface ShownHint extends Hint {
  /** the request it answers, to ask for more */
  request: HintRequest;
  rated: boolean | null;
}

/** What the panel shows, and which of it came last. */
export type LabPart = 'check' | 'grade' | 'hint';

export interface LabState {
  latest: LabPart | null;
  checking: { done: number; total: number } | null;
  checks: CheckResult[] | null;
  sending: boolean;
  /** handed in, and held here until the server can be reached */
  held: boolean;
  submission: Submission | null;
  asking: boolean;
  /** the hint that is being written, so far */
  draft: string | null;
  hints: ShownHint[];
  /** what stands under a failed cell without a click */
  first: (FirstHint & { request: ErrorRequest }) | null;
  /** what the last grade unlocked */
  unlocked: Unlocked[];
  /** where the work was kept that a new version of the lab replaced */
  keptPath: string | null;
  problem: string | null;
}

/** what a request for a hint sends along at most */
const OTHER_CELLS = 40;
const TRACEBACK_LINES = 400;
const POLL_MS = 1_500;
const POLL_WITH_EVENTS_MS = 5_000;

export class LabSession extends Observable<LabState> {
  readonly node: Resource<NodeDetail>;
  readonly history: Resource<Submission[]>;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _disposed = false;
  private readonly _stopWatching: () => void;
  /** nodes that were locked when the submission was handed in */
  private _locked: Set<string> | null = null;

  constructor(
    readonly nodeId: string,
    private readonly _model: NexusModel,
    private readonly _notebook: LabNotebook
  ) {
    super({
      latest: null,
      checking: null,
      checks: null,
      sending: false,
      held: false,
      submission: null,
      asking: false,
      draft: null,
      hints: [],
      first: null,
      unlocked: [],
      keptPath: null,
      problem: null
    });
    const { api } = _model;
    this.node = _model.node.get(nodeId);
    this.history = new Resource(() => api.get(routes.submissions(nodeId)).then(({ items }) => items));
    _model.event.connect(this._onEvent, this);
    _notebook.onRun(() => {
      this._forgetSettled();
      void this._explainAtOnce();
    });
    this._stopWatching = _model.connection.subscribe(
      () => _model.connection.isUsable && this.set({ problem: null })
    );
    void this._resume();
  }

  dispose(): void {
    this._disposed = true;
    this._stopWatching();
    this._model.event.disconnect(this._onEvent, this);
    if (this._timer !== null) {
      clearTimeout(this._timer);
    }
  }

  /** The notebook's cells as they are now. */
  cells(): CellLike[] {
    return this._notebook.cells();
  }

  /** Run the whole notebook and sum up its visible tests. */
  async check(): Promise<void> {
    if (this.snapshot().checking) {
      return;
    }
    this.set({ latest: 'check', checking: { done: 0, total: 0 }, problem: null });
    try {
      const ran = await this._notebook.runAll((done, total) => this.set({ checking: { done, total } }));
      this.set({ checks: summarise(this._notebook.cells(), index => ran.has(index)) });
    } catch (error) {
      this.set({ problem: messageOf(error) });
    } finally {
      this.set({ checking: null });
    }
  }

  /** Save, hand in, and follow the grading. */
  async submit(): Promise<void> {
    if (this.snapshot().sending || isOpen(this.snapshot().submission)) {
      return;
    }
    this.set({ latest: 'grade', sending: true, unlocked: [], problem: null });
    try {
      await this._fetch(await this._handIn());
    } catch (error) {
      this.set({ problem: messageOf(error) });
    } finally {
      this.set({ sending: false, held: false });
    }
  }

  /** Save and send, as soon as the server can be reached; returns the submission's id. */
  private async _handIn(): Promise<string> {
    const before = this.history.data?.[0]?.id;
    for (;;) {
      await this._reachable();
      try {
        await Promise.all([this._notebook.save(), this._noteLocked()]);
        // The server reads the lab's own file; of a copy it knows nothing, so that is sent along.
        const body = this.isCopy ? { notebook: this._notebook.json() } : {};
        return (await this._model.api.post(routes.submissions(this.nodeId), body)).id;
      } catch (error) {
        if (!(error instanceof OfflineError)) {
          throw error;
        }
      }
      // The line may have been cut after the server had received it: then it is not sent twice.
      await this._reachable();
      await this.history.reload();
      const newest = this.history.data?.[0]?.id;
      if (newest !== undefined && newest !== before) {
        return newest;
      }
    }
  }

  private async _reachable(): Promise<void> {
    const { connection } = this._model;
    if (!connection.isUsable) {
      this.set({ held: true });
      await connection.usable();
      this.set({ held: false });
    }
  }

  /** Ask for a hint about the failing cell; where none failed, about how to begin. */
  async askForHint(): Promise<void> {
    const request = this._hintRequest();
    if (this.snapshot().hints.some(hint => isSameError(hint.request, request))) {
      this.set({ latest: 'hint', problem: null });
      return;
    }
    const knowsFirst = this.snapshot().first !== null;
    await this._ask(knowsFirst ? { ...request, level: 2, knows_first: true } : { ...request, level: 1 });
  }

  /** Explain an error without a click, where the learner wishes that. */
  private async _explainAtOnce(): Promise<void> {
    const request = this._hintRequest();
    const { first, hints } = this.snapshot();
    if (!this._model.me.data?.hints_by_themselves || !hasError(request) || hints.length > 0) {
      return;
    }
    if (first && isSameError(first.request, request)) {
      return;
    }
    const { node_id, cell_source, error, other_cells } = request;
    const found = await this._model.api
      .post(routes.firstHint, { node_id, cell_source, error, other_cells })
      // Nobody asked: where it cannot be had, nothing is said.
      .catch(() => null);
    const now = this._hintRequest();
    if (found && !this._disposed && hasError(now) && isSameError(now, request)) {
      this.set({ first: { ...found, request } });
    }
  }

  private _hintRequest(): HintRequest {
    const cells = this._notebook.cells();
    const active = this._notebook.activeIndex();
    const index = failingCell(cells, active);
    const error = index === null ? null : errorOfCell(cells[index]);
    if (index !== null && error) {
      const others = cells.filter((cell, at) => at !== index && cell.cell_type === 'code').map(sourceOf);
      return {
        node_id: this.nodeId,
        cell_source: sourceOf(cells[index]),
        error: shortened(error),
        other_cells: others.slice(-OTHER_CELLS)
      };
    }
    const task = taskAt(cells, active);
    return {
      node_id: this.nodeId,
      cell_source: task ? sourceOf(task) : '',
      task: task ? gradeIdOf(task) : undefined
    };
  }

  /** The cell whose error the hints are about, or else the one that needs a hint: an index, or null. */
  hintedCell(): number | null {
    const cells = this._notebook.cells();
    const request = this.snapshot().hints.at(-1)?.request;
    const hinted = cells.findIndex(
      cell =>
        request &&
        (request.error
          ? sourceOf(cell) === request.cell_source && errorOfCell(cell)?.evalue === request.error.evalue
          : request.task !== undefined && gradeIdOf(cell) === request.task)
    );
    return hinted === -1 ? failingCell(cells, this._notebook.activeIndex()) : hinted;
  }

  /** Ask for the next, more telling level of a hint. */
  moreHelp(hint: ShownHint): Promise<void> {
    return this._ask({ ...hint.request, level: hint.level + 1 });
  }

  async rate(hint: ShownHint, helpful: boolean): Promise<void> {
    await this._model.api.post(routes.hintRating(hint.id), { helpful });
    const hints = this.snapshot().hints.map(one => (one.id === hint.id ? { ...one, rated: helpful } : one));
    this.set({ hints });
  }

  /** Whether this notebook is not the lab's own file but a copy of it. */
  get isCopy(): boolean {
    const node = this.node.data;
    return node === undefined || labPath(node) !== this._notebook.path();
  }

  /** Get the lab's new version; the work at hand is saved and kept beside it. */
  async takeNewVersion(): Promise<void> {
    await this._notebook.save();
    const { kept_path: keptPath } = await this._model.api.post(routes.resetNode(this.nodeId));
    await Promise.all([this._notebook.reload(), this.node.reload()]);
    this.set({ keptPath, checks: null, hints: [], first: null, problem: null });
  }

  /** What the tests that a learner sees say now, as far as they ran. */
  visibleTests(): { passed: number; total: number } {
    const cells = this._notebook.cells();
    const tests = summarise(cells, index => typeof cells[index].execution_count === 'number').filter(
      ({ status }) => status !== 'manual'
    );
    return { passed: tests.filter(({ status }) => status === 'passed').length, total: tests.length };
  }

  /** A message ends with its cause: hints with their error, a problem with the next run. */
  private _forgetSettled(): void {
    const errors = this._notebook.cells().map(errorOfCell);
    const isThere = ({ error }: HintRequest) =>
      !error || errors.some(found => found?.ename === error.ename && found.evalue === error.evalue);
    const hints = this.snapshot().hints.filter(({ request }) => isThere(request));
    const { first } = this.snapshot();
    this.set({ hints, problem: null, first: first && isThere(first.request) ? first : null });
  }

  private async _ask(request: HintRequest): Promise<void> {
    if (this.snapshot().asking) {
      return;
    }
    this.set({ latest: 'hint', asking: true, problem: null });
    try {
      const hint = await this._model.api.postStream(routes.hints, request, part =>
        this.set({ draft: (this.snapshot().draft ?? '') + part })
      );
      const kept = this.snapshot().hints.filter(shown => isSameError(shown.request, request));
      const known = kept.filter(({ id, level }) => id !== hint.id && level < hint.level);
      this.set({ hints: [...known, { ...hint, request, rated: null }] });
    } catch (error) {
      this.set({ problem: messageOf(error) });
    } finally {
      this.set({ asking: false, draft: null });
    }
  }

  /** Show the last submission, and follow it if it is still being graded. */
  private async _resume(): Promise<void> {
    await this.history.reload();
    const last = this.history.data?.[0];
    if (last && !this.snapshot().submission && !this._disposed) {
      await this._fetch(last.id).catch(() => undefined);
    }
  }

  private async _fetch(id: string): Promise<void> {
    const before = this.snapshot().submission;
    const submission = await this._model.api.get(routes.submission(id));
    if (this._disposed) {
      return;
    }
    this.set({ submission });
    if (isOpen(submission)) {
      void this._noteLocked();
      this._fetchLater(id);
    } else if (isOpen(before) || before?.id !== submission.id) {
      await Promise.all([this.history.reload(), this._model.reloadProgress()]);
      await this._noteUnlocked();
    }
  }

  /** Remember what is locked while a submission is on its way. */
  private async _noteLocked(): Promise<void> {
    await this.node.ensure();
    const roadmap = this._roadmap();
    await roadmap?.ensure();
    this._locked ??= roadmap?.data ? lockedNodes(roadmap.data) : null;
  }

  private async _noteUnlocked(): Promise<void> {
    const shown = this._roadmap();
    await shown?.ensure();
    const roadmap = shown?.data;
    if (this._locked && roadmap) {
      this.set({ unlocked: unlockedSince(this._locked, roadmap) });
    }
    this._locked = null;
  }

  private _roadmap(): Resource<RoadmapDetail> | null {
    const node = this.node.data;
    return node ? this._model.roadmap.get(node.roadmap_slug) : null;
  }

  private _fetchLater(id: string): void {
    if (this._timer !== null) {
      clearTimeout(this._timer);
    }
    const pause = this._model.stream.connected ? POLL_WITH_EVENTS_MS : POLL_MS;
    this._timer = setTimeout(() => {
      // offline for a moment: ask again, the submission is safe on the server
      this._fetch(id).catch(() => this._fetchLater(id));
    }, pause);
  }

  private _onEvent(_: NexusModel, event: NexusEvent): void {
    const { submission } = this.snapshot();
    if (!submission || !('submission_id' in event) || event.submission_id !== submission.id) {
      return;
    }
    if (event.type === 'grading.progress') {
      this._fetch(submission.id).catch(() => this._fetchLater(submission.id));
    } else if (submission.status === 'queued') {
      this.set({ submission: { ...submission, queue_position: event.position } });
    }
  }
}

/** Whether a submission still waits for its grade. */
export function isOpen(submission: Submission | null): boolean {
  return submission?.status === 'queued' || submission?.status === 'running';
}

type ErrorRequest = HintRequest & { error: CellError };

function hasError(request: HintRequest): request is ErrorRequest {
  return !!request.error;
}

function isSameError(one: HintRequest, other: HintRequest): boolean {
  return (
    one.cell_source === other.cell_source &&
    one.task === other.task &&
    one.error?.ename === other.error?.ename &&
    one.error?.evalue === other.error?.evalue
  );
}

/** Tracebacks can be endless. The server takes out what is not the learner's own. */
function shortened(error: CellError): CellError {
  const lines = error.traceback;
  return lines.length > TRACEBACK_LINES
    ? { ...error, traceback: [...lines.slice(0, TRACEBACK_LINES / 2), ...lines.slice(-TRACEBACK_LINES / 2)] }
    : error;
}
