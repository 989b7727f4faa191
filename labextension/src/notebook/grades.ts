import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Submission } from '../api/contract';
import { type CellLike, gradeMark } from '../lab/checks';
import { cellWord } from '../lab/grade-words';
import type { LabSession } from '../lab/session';

type GradedCell = Submission['cells'][number];

/** At each graded cell: what the last submission earned there, and what the test said. */
export function showGrades(notebook: NotebookPanel, session: LabSession, trans: TranslationBundle): void {
  let shown: Submission | null = null;
  const show = () => {
    const { submission } = session.snapshot();
    if (submission?.status !== 'graded' || submission === shown || notebook.isDisposed) {
      return;
    }
    shown = submission;
    const graded = new Map(submission.cells.map(one => [one.grade_id, one]));
    for (const cell of notebook.content.widgets) {
      const mark = gradeMark(cell.model.toJSON() as unknown as CellLike);
      const found = mark && graded.get(mark.grade_id);
      if (found) {
        tell(cell, found, trans);
      }
    }
  };
  const stop = session.subscribe(show);
  notebook.disposed.connect(stop);
  show();
}

function tell(
  cell: Cell,
  { points, max_points: most, status, message }: GradedCell,
  trans: TranslationBundle
): void {
  const line = lineOf(cell);
  line.dataset.status = status;
  const verdict =
    status === 'manual'
      ? trans.__('Handed in: a person gives the points')
      : trans.__('Handed in: %1, %2 of %3 points', cellWord(status, trans), points ?? 0, most);
  line.textContent = message ? `${verdict}. ${message}` : verdict;
}

/** Below the line that says what the cell is, so that it shows where the test is folded. */
function lineOf(cell: Cell): HTMLElement {
  const bar = cell.node.querySelector('.nx-cell-bar') ?? cell.node;
  const known = bar.querySelector<HTMLElement>('.nx-cell-grade');
  if (known) {
    return known;
  }
  const line = document.createElement('p');
  line.className = 'nx-cell-grade';
  bar.append(line);
  return line;
}
