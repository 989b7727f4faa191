import type { CodeCellModel, ICellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { type CodeCell, type Run, type RunState, runStates, staleCells } from '../lab/runs';
import { Observable } from '../model/observable';

/** where a tab remembers what ran, so that a reload forgets nothing that the kernel still knows */
const REMEMBERED = 'nexusai:runs:';

interface Remembered {
  kernel: string;
  runs: [string, Run][];
}

/** Which cells of a notebook ran in its present kernel, when, and on which text. */
export class CellRuns extends Observable<{ states: ReadonlyMap<string, RunState> }> {
  private readonly _runs = new Map<string, Run>();
  private readonly _watched = new WeakSet<ICellModel>();
  private _order = 0;
  private _kernelId: string | null = null;

  constructor(private readonly _notebook: NotebookPanel) {
    super({ states: new Map() });
    const { context, sessionContext } = _notebook;
    sessionContext.kernelChanged.connect(() => this._meetKernel());
    sessionContext.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting') {
        this._forget();
      }
    });
    void context.ready.then(() => {
      if (!_notebook.isDisposed) {
        this._watchAll();
        _notebook.content.model?.cells.changed.connect(() => this._watchAll());
        this._meetKernel();
      }
    });
  }

  /** The cells that hold results of another text or another order, from the top. */
  stale(): string[] {
    const states = this._codeCells().map(
      ({ id }) => this.snapshot().states.get(id) ?? { kind: 'never' as const }
    );
    const cells = this._codeCells();
    return staleCells(states).map(index => cells[index].id);
  }

  private _codeCells(): CodeCell[] {
    const cells = [...(this._notebook.content.model?.cells ?? [])];
    return cells
      .filter(({ type, sharedModel }) => type === 'code' && sharedModel.getSource().trim() !== '')
      .map(({ id, sharedModel }) => ({ id, source: sharedModel.getSource() }));
  }

  private _watchAll(): void {
    for (const cell of this._notebook.content.model?.cells ?? []) {
      if (cell.type === 'code' && !this._watched.has(cell)) {
        this._watched.add(cell);
        this._watch(cell as CodeCellModel);
      }
    }
    this._look();
  }

  private _watch(cell: CodeCellModel): void {
    cell.stateChanged.connect((_, change) => {
      if (change.name === 'executionState') {
        this._follow(cell, change.newValue === 'running');
      }
    });
    cell.contentChanged.connect(() => this._runs.has(cell.id) && this._look());
  }

  private _follow(cell: CodeCellModel, isRunning: boolean): void {
    const now = Date.now();
    const run = this._runs.get(cell.id);
    if (isRunning) {
      const source = cell.sharedModel.getSource();
      this._runs.set(cell.id, { source, order: ++this._order, begun: now, ended: null, failed: false });
    } else if (run?.ended === null) {
      const failed = cell.outputs.toJSON().some(({ output_type }) => output_type === 'error');
      this._runs.set(cell.id, { ...run, ended: now, failed });
      this._remember();
    }
    this._look();
  }

  private _look(): void {
    const cells = this._codeCells();
    const states = runStates(cells, this._runs);
    const found = cells.map(({ id }, index): [string, RunState] => [id, states[index]]);
    // each key is looked at, and few change anything
    if (JSON.stringify(found) !== JSON.stringify([...this.snapshot().states])) {
      this.set({ states: new Map(found) });
    }
  }

  /** Another kernel knows nothing; the one of before a reload still knows what this tab remembers. */
  private _meetKernel(): void {
    const id = this._notebook.sessionContext.session?.kernel?.id ?? null;
    if (id === this._kernelId) {
      return;
    }
    this._kernelId = id;
    this._runs.clear();
    const remembered = this._recall();
    for (const [cell, run] of remembered?.kernel === id ? remembered.runs : []) {
      this._runs.set(cell, run);
      this._order = Math.max(this._order, run.order);
    }
    this._look();
  }

  private _forget(): void {
    this._runs.clear();
    this._remember();
    this._look();
  }

  private get _key(): string {
    return REMEMBERED + this._notebook.context.path;
  }

  private _remember(): void {
    if (this._kernelId !== null) {
      const ended = [...this._runs].filter(([, run]) => run.ended !== null);
      const remembered: Remembered = { kernel: this._kernelId, runs: ended };
      try {
        sessionStorage.setItem(this._key, JSON.stringify(remembered));
      } catch {
        // a full store: after a reload the cells read "not run yet"
      }
    }
  }

  private _recall(): Remembered | null {
    const text = sessionStorage.getItem(this._key);
    return text === null ? null : (JSON.parse(text) as Remembered);
  }
}
