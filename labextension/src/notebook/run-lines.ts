import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { runWord } from '../lab/run-words';
import type { RunState } from '../lab/runs';
import type { CellRuns } from './cell-runs';

/** Below the text of each code cell: whether it ran, and whether its result still holds. */
export function showRuns(notebook: NotebookPanel, runs: CellRuns, trans: TranslationBundle): void {
  const lines = new WeakMap<Cell, HTMLElement>();
  const show = () => {
    const { states } = runs.snapshot();
    for (const cell of notebook.content.widgets) {
      const state = states.get(cell.model.id);
      if (state) {
        tell(lineOf(cell, lines), state, trans);
      }
    }
  };
  const stop = runs.subscribe(show);
  notebook.disposed.connect(stop);
  void notebook.context.ready.then(show);
}

function lineOf(cell: Cell, lines: WeakMap<Cell, HTMLElement>): HTMLElement {
  const known = lines.get(cell);
  if (known) {
    return known;
  }
  const line = document.createElement('p');
  line.className = 'nx-cell-run';
  // a cell that is still being made puts its parts in their places once more
  void cell.ready.then(() => cell.node.querySelector('.jp-Cell-inputWrapper')?.after(line));
  lines.set(cell, line);
  return line;
}

function tell(line: HTMLElement, state: RunState, trans: TranslationBundle): void {
  const text = runWord(state, trans);
  if (line.dataset.run !== state.kind || line.textContent !== text) {
    line.dataset.run = state.kind;
    line.textContent = text;
  }
}
