/** The way of a lab's notebook to its grade: saved, sent once, followed until it is graded. */

import type { NexusEvent, NodeDetail, RoadmapDetail, Submission } from '../api/contract';
import { messageOf, OfflineError } from '../api/errors';
import { routes } from '../api/routes';
import type { NexusModel } from '../model/model';
import { Resource } from '../model/resource';
import { lockedNodes, unlockedSince } from '../roadmap/unlocking';
import { readersWords } from '../words';
import { labPath } from './book';
import { isOpen, type LabNotebook, type LabStates } from './state';

const POLL_MS = 1_500;
const POLL_WITH_EVENTS_MS = 5_000;

export class HandingIn {
  readonly history: Resource<Submission[]>;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _disposed = false;
  /** nodes that were locked when the submission was handed in */
  private _locked: Set<string> | null = null;

  constructor(
    private readonly _node: Resource<NodeDetail>,
    private readonly _nodeId: string,
    private readonly _model: NexusModel,
    private readonly _notebook: LabNotebook,
    private readonly _states: LabStates
  ) {
    const { api } = _model;
    this.history = new Resource(() => api.get(routes.submissions(_nodeId)).then(({ items }) => items));
    _model.event.connect(this._onEvent, this);
    void this._resume();
  }

  dispose(): void {
    this._disposed = true;
    this._model.event.disconnect(this._onEvent, this);
    if (this._timer !== null) {
      clearTimeout(this._timer);
    }
  }

  /** Whether this notebook is not the lab's own file but a copy of it. */
  get isCopy(): boolean {
    const node = this._node.data;
    return node === undefined || labPath(node) !== this._notebook.path();
  }

  /** Save, hand in, and follow the grading. */
  async submit(): Promise<void> {
    if (this._states.snapshot().sending || isOpen(this._states.snapshot().submission)) {
      return;
    }
    this._states.set({ latest: 'grade', sending: true, unlocked: [], problem: null });
    try {
      await this._fetch(await this._handIn());
    } catch (error) {
      this._states.set({ problem: messageOf(error) });
    } finally {
      this._states.set({ sending: false, held: false });
    }
  }

  /** Save and send, as soon as the server can be reached; returns the submission's id. */
  private async _handIn(): Promise<string> {
    const before = this.history.data?.[0]?.id;
    for (;;) {
      await this._reachable();
      await this._node.ensure();
      this._insistOnPage();
      // The server reads the lab's own file; of a copy it knows nothing, so that is sent along. It is read before the
      // save: when that is over the page may have been left.
      const body = this.isCopy ? { notebook: this._notebook.json() } : {};
      try {
        await Promise.all([this._notebook.save(), this._noteLocked()]);
        return (await this._model.api.post(routes.submissions(this._nodeId), body)).id;
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

  /** Once its page is left there is no notebook any more that could be handed in. */
  private _insistOnPage(): void {
    if (this._disposed) {
      throw new Error(
        readersWords().__('You left the lab before the server could be reached. Open it, and submit again.')
      );
    }
  }

  private async _reachable(): Promise<void> {
    const { connection } = this._model;
    if (!connection.isUsable) {
      this._states.set({ held: true });
      await connection.usable();
      this._states.set({ held: false });
    }
  }

  /** Show the last submission, and follow it if it is still being graded. */
  private async _resume(): Promise<void> {
    await this.history.reload();
    const last = this.history.data?.[0];
    if (last && !this._states.snapshot().submission && !this._disposed) {
      await this._fetch(last.id).catch(() => undefined);
    }
  }

  private async _fetch(id: string): Promise<void> {
    const before = this._states.snapshot().submission;
    const submission = await this._model.api.get(routes.submission(id));
    if (this._disposed) {
      return;
    }
    this._states.set({ submission });
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
    await this._node.ensure();
    const roadmap = this._roadmap();
    await roadmap?.ensure();
    this._locked ??= roadmap?.data ? lockedNodes(roadmap.data) : null;
  }

  private async _noteUnlocked(): Promise<void> {
    const shown = this._roadmap();
    await shown?.ensure();
    const roadmap = shown?.data;
    if (this._locked && roadmap) {
      this._states.set({ unlocked: unlockedSince(this._locked, roadmap) });
    }
    this._locked = null;
  }

  private _roadmap(): Resource<RoadmapDetail> | null {
    const node = this._node.data;
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
    const { submission } = this._states.snapshot();
    if (!submission || !('submission_id' in event) || event.submission_id !== submission.id) {
      return;
    }
    if (event.type === 'grading.progress') {
      this._fetch(submission.id).catch(() => this._fetchLater(submission.id));
    } else if (submission.status === 'queued') {
      this._states.set({ submission: { ...submission, queue_position: event.position } });
    }
  }
}
