import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import type { Cell, CodeCell } from '@jupyterlab/cells';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { type CellLike, errorOfCell } from '../lab/checks';
import { whereToLook } from '../lab/traceback';

/** the number of the line, from 1; null: none */
const mark = StateEffect.define<number | null>();

const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (lines, transaction) => {
    const effect = transaction.effects.find(one => one.is(mark));
    if (effect) {
      return at(transaction.state.doc, effect.value);
    }
    // what was changed is no longer what failed
    return transaction.docChanged ? Decoration.none : lines;
  },
  provide: field => EditorView.decorations.from(field)
});

function at(
  doc: { lines: number; line: (number: number) => { from: number } },
  line: number | null
): DecorationSet {
  return line === null || line > doc.lines
    ? Decoration.none
    : Decoration.set([Decoration.line({ class: 'nx-failing-line' }).range(doc.line(line).from)]);
}

/** Mark, in the learner's own cells, the line that an error came from, until it is changed or runs again. */
export function markFailingLines(notebook: NotebookPanel): void {
  const known = new WeakSet<Cell>();
  const watch = () => {
    for (const cell of notebook.content.widgets) {
      if (cell.model.type === 'code' && !known.has(cell)) {
        known.add(cell);
        const { model } = cell as CodeCell;
        model.outputs.changed.connect(() => follow(notebook));
        // the number that a traceback names is known when the cell has ended
        model.stateChanged.connect((_, { name }) => name === 'executionCount' && follow(notebook));
      }
    }
  };
  void notebook.context.ready.then(() => {
    watch();
    notebook.content.model?.cells.changed.connect(watch);
    follow(notebook);
  });
}

function follow({ content }: NotebookPanel): void {
  const cells = content.widgets.filter(({ model }) => model.type === 'code') as CodeCell[];
  const lines = new Map<number, number>();
  for (const cell of cells) {
    const error = errorOfCell(cell.model.toJSON() as unknown as CellLike);
    const frame = error && whereToLook(error.traceback);
    if (frame) {
      lines.set(frame.count, frame.line);
    }
  }
  for (const cell of cells) {
    show(cell, lines.get(cell.model.executionCount ?? Number.NaN) ?? null);
  }
}

const equipped = new WeakSet<object>();

function show(cell: CodeCell, line: number | null): void {
  const editor = cell.editor as CodeMirrorEditor | null;
  if (!editor || (line === null && !equipped.has(editor))) {
    return;
  }
  if (!equipped.has(editor)) {
    equipped.add(editor);
    editor.injectExtension(marked);
  }
  editor.editor.dispatch({ effects: mark.of(line) });
}
