/** Hints of one lab: asked for by a click, or told at once where the learner wishes that. */

import type { CellError, HintRequest } from '../api/contract';
import { messageOf } from '../api/errors';
import { routes } from '../api/routes';
import type { NexusModel } from '../model/model';
import { errorOfCell, failingCell, gradeIdOf, sourceOf, taskAt } from './checks';
import type { ErrorRequest, LabNotebook, LabStates, ShownHint } from './state';

/** what a request for a hint sends along at most */
const OTHER_CELLS = 40;
const TRACEBACK_LINES = 400;

export class LabHints {
  constructor(
    private readonly _nodeId: string,
    private readonly _model: NexusModel,
    private readonly _notebook: LabNotebook,
    private readonly _states: LabStates
  ) {}

  /** Ask for a hint about the failing cell; where none failed, about how to begin. */
  async ask(): Promise<void> {
    const request = this._hintRequest();
    if (this._states.snapshot().hints.some(hint => isSameError(hint.request, request))) {
      this._states.set({ latest: 'hint', problem: null });
      return;
    }
    const knowsFirst = this._states.snapshot().first !== null;
    await this._ask(knowsFirst ? { ...request, level: 2, knows_first: true } : { ...request, level: 1 });
  }

  /** What a person should look at: the failing cell, or else the one at hand. */
  stuckCell() {
    const { node_id, cell_source, error } = this._hintRequest();
    return { node_id, cell_source, error };
  }

  /** The cell that a question is about: the failing one, or else the one at hand; null: there is none. */
  askedCell(): { source: string; error: CellError | null } | null {
    const cells = this._notebook.cells();
    const active = this._notebook.activeIndex();
    const cell = cells[failingCell(cells, active) ?? active];
    return cell?.cell_type === 'code' ? { source: sourceOf(cell), error: errorOfCell(cell) } : null;
  }

  /** Explain an error without a click, where the learner wishes that. */
  async explainAtOnce(): Promise<void> {
    const request = this._hintRequest();
    const { first, hints } = this._states.snapshot();
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
    if (found && hasError(now) && isSameError(now, request)) {
      this._states.set({ first: { ...found, request } });
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
        node_id: this._nodeId,
        cell_source: sourceOf(cells[index]),
        error: shortened(error),
        other_cells: others.slice(-OTHER_CELLS)
      };
    }
    const task = taskAt(cells, active);
    return {
      node_id: this._nodeId,
      cell_source: task ? sourceOf(task) : '',
      task: task ? gradeIdOf(task) : undefined
    };
  }

  /** The cell whose error the hints are about, or else the one that needs a hint: an index, or null. */
  hintedCell(): number | null {
    const cells = this._notebook.cells();
    const request = this._states.snapshot().hints.at(-1)?.request;
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
  askForMore(hint: ShownHint): Promise<void> {
    return this._ask({ ...hint.request, level: hint.level + 1 });
  }

  async rate(hint: ShownHint, helpful: boolean): Promise<void> {
    await this._model.api.post(routes.hintRating(hint.id), { helpful });
    const hints = this._states
      .snapshot()
      .hints.map(one => (one.id === hint.id ? { ...one, rated: helpful } : one));
    this._states.set({ hints });
  }

  /** A message ends with its cause: hints with their error, a problem with the next run. */
  forgetSettled(): void {
    const errors = this._notebook.cells().map(errorOfCell);
    const isThere = ({ error }: HintRequest) =>
      !error || errors.some(found => found?.ename === error.ename && found.evalue === error.evalue);
    const hints = this._states.snapshot().hints.filter(({ request }) => isThere(request));
    const { first } = this._states.snapshot();
    this._states.set({ hints, problem: null, first: first && isThere(first.request) ? first : null });
  }

  private async _ask(request: HintRequest): Promise<void> {
    if (this._states.snapshot().asking) {
      return;
    }
    this._states.set({ latest: 'hint', asking: true, problem: null });
    try {
      const hint = await this._model.api.postStream(routes.hints, request, part =>
        this._states.set({ draft: (this._states.snapshot().draft ?? '') + part })
      );
      const kept = this._states.snapshot().hints.filter(shown => isSameError(shown.request, request));
      const known = kept.filter(({ id, level }) => id !== hint.id && level < hint.level);
      this._states.set({ hints: [...known, { ...hint, request, rated: null }] });
    } catch (error) {
      this._states.set({ problem: messageOf(error) });
    } finally {
      this._states.set({ asking: false, draft: null });
    }
  }
}

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
