import { type Cell, MarkdownCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import {
  type CellLike,
  type CheckResult,
  errorOfCell,
  gradeMark,
  isHiddenTest,
  isTest,
  summarise
} from '../lab/checks';
import { checkWord } from '../lab/grade-words';
import { compared } from './comparing';

type Words = TranslationBundle;

/** Tests are one line that says what they say; answers in words say where to write. */
export function markGradedCells(notebook: NotebookPanel, trans: Words): void {
  const marked = new WeakSet<Cell>();
  const mark = () => {
    for (const cell of notebook.content.widgets) {
      if (!marked.has(cell)) {
        marked.add(cell);
        markCell(cell, notebook, trans);
      }
    }
  };
  void notebook.context.ready.then(() => {
    mark();
    notebook.content.model?.cells.changed.connect(mark);
  });
}

function markCell(cell: Cell, notebook: NotebookPanel, trans: Words): void {
  const json = cell.model.toJSON() as unknown as CellLike;
  const grade = gradeMark(json);
  if (cell.model.getMetadata('editable') === false) {
    cell.node.dataset.nxGiven = 'true';
  }
  if (grade && isTest(json)) {
    if (isHiddenTest(json)) {
      nameHiddenTest(cell, grade.points, trans);
    } else {
      foldTest(cell, notebook, grade.points, trans);
    }
  } else if (grade?.solution && cell instanceof MarkdownCell) {
    inviteAnswer(cell, grade.points, trans);
  }
}

/** Of a hidden test nothing is in the notebook but its place. */
function nameHiddenTest(cell: Cell, worth: number, trans: Words): void {
  const { bar, text, button } = newBar();
  button.remove();
  text.textContent = [
    trans.__('Hidden test'),
    trans._n('%1 point', '%1 points', worth),
    trans.__('runs when you submit')
  ].join(' · ');
  cell.node.dataset.nxFolded = 'true';
  cell.node.prepend(bar);
}

/** One line above the cell; its button shows the test's code and what it printed. */
function foldTest(cell: Cell, notebook: NotebookPanel, worth: number, trans: Words): void {
  const { bar, text, button } = newBar();
  const message = document.createElement('p');
  message.className = 'nx-cell-message';
  bar.append(message);
  const told = document.createElement('p');
  told.className = 'nx-cell-message';
  bar.append(told);
  const explain = newExplainer(notebook, trans);
  const tell = () => {
    const json = cell.model.toJSON() as unknown as CellLike;
    const ran = typeof json.execution_count === 'number';
    const [result] = summarise([json], () => ran);
    bar.dataset.status = result.status;
    text.textContent = [
      trans.__('Test'),
      trans._n('%1 point', '%1 points', worth),
      checkWord(result.status, trans)
    ].join(' · ');
    message.textContent = result.message;
    explain(json, result, told);
  };
  const fold = (folded: boolean) => {
    cell.node.dataset.nxFolded = String(folded);
    button.textContent = folded ? trans.__('Show') : trans.__('Hide');
    button.setAttribute('aria-expanded', String(!folded));
  };
  button.addEventListener('click', () => fold(cell.node.dataset.nxFolded !== 'true'));
  cell.model.contentChanged.connect(tell);
  cell.model.stateChanged.connect(tell);
  tell();
  fold(true);
  cell.node.prepend(bar);
}

/** Says below a failed test what it wanted and what it got, once for each run. */
function newExplainer(notebook: NotebookPanel, trans: Words) {
  let asked = '';
  return (cell: CellLike, { status }: CheckResult, place: HTMLElement): void => {
    const traceback = status === 'failed' ? (errorOfCell(cell)?.traceback ?? []) : [];
    const run = traceback.length ? `${cell.execution_count}: ${traceback.join()}` : '';
    if (run === asked) {
      return;
    }
    asked = run;
    place.textContent = '';
    if (run) {
      compared(notebook, traceback).then(
        values => {
          if (values && run === asked) {
            place.textContent = trans.__('Expected %1, got %2', values.expected, values.got);
          }
        },
        () => undefined // the kernel ended meanwhile: the test's own message stays
      );
    }
  };
}

/** A text that is to be replaced looks like a text: say so, and open it with one button. */
function inviteAnswer(cell: MarkdownCell, worth: number, trans: Words): void {
  const { bar, text, button } = newBar();
  text.textContent = [
    trans.__('Your answer'),
    trans._n('%1 point', '%1 points', worth),
    trans.__('double-click the text to write')
  ].join(' · ');
  button.textContent = trans.__('Write');
  button.addEventListener('click', () => {
    cell.rendered = false;
    cell.activate();
    cell.editor?.focus();
  });
  cell.node.prepend(bar);
}

function newBar(): { bar: HTMLElement; text: HTMLElement; button: HTMLButtonElement } {
  const bar = document.createElement('div');
  bar.className = 'nx-cell-bar';
  const text = document.createElement('span');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'nx-cell-button';
  bar.append(text, button);
  return { bar, text, button };
}
