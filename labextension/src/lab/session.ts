/** What a learner does in one lab: check, submit, follow the grading, ask for hints. Knows no JupyterLab widget. */

import type { NodeDetail, Submission } from '../api/contract';
import { messageOf } from '../api/errors';
import { routes } from '../api/routes';
import type { NexusModel } from '../model/model';
import type { Resource } from '../model/resource';
import { type CellLike, summarise } from './checks';
import { HandingIn } from './handing-in';
import { LabHints } from './hints';
import { type LabNotebook, LabStates } from './state';

export class LabSession extends LabStates {
  readonly node: Resource<NodeDetail>;
  readonly hints: LabHints;
  private readonly _handingIn: HandingIn;
  private readonly _stopWatching: () => void;
  private _disposed = false;

  constructor(
    readonly nodeId: string,
    private readonly _model: NexusModel,
    private readonly _notebook: LabNotebook
  ) {
    super();
    this.node = _model.node.get(nodeId);
    this.hints = new LabHints(nodeId, _model, _notebook, this);
    this._handingIn = new HandingIn(this.node, nodeId, _model, _notebook, this);
    _notebook.onRun(() => {
      if (!this._disposed) {
        this.hints.forgetSettled();
        void this.hints.explainAtOnce();
      }
    });
    this._stopWatching = _model.connection.subscribe(
      () => _model.connection.isUsable && this.set({ problem: null })
    );
  }

  dispose(): void {
    this._disposed = true;
    this._stopWatching();
    this._handingIn.dispose();
  }

  /** Whether its page was left. */
  get isLeft(): boolean {
    return this._disposed;
  }

  /** What was handed in, the newest first. */
  get history(): Resource<Submission[]> {
    return this._handingIn.history;
  }

  /** Whether this notebook is not the lab's own file but a copy of it. */
  get isCopy(): boolean {
    return this._handingIn.isCopy;
  }

  /** Whether it is the copy to practise on when the lab is over, which is never handed in. */
  get isPractice(): boolean {
    const path = this.node.data?.lab?.practice_path ?? null;
    return path !== null && path === this._notebook.path();
  }

  /** Save, hand in, and follow the grading. */
  submit(): Promise<void> {
    return this._handingIn.submit();
  }

  /** Save the notebook; what cannot be saved is told where that is done. */
  async save(): Promise<void> {
    await this._notebook.save().catch((error: unknown) => this.set({ problem: messageOf(error) }));
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
}
