/** The keys of a learner's notebook: running, moving between cells, undoing and saving. None of them deletes anything. */

import type { ISessionContextDialogs } from '@jupyterlab/apputils';
import { type Notebook, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { ITranslator } from '@jupyterlab/translation';

export function addKeys(
  panel: NotebookPanel,
  dialogs: ISessionContextDialogs,
  translator: ITranslator
): void {
  const run = () => void runCell(panel, dialogs, translator);
  const press = (event: KeyboardEvent) => {
    const act = actionOf(event, panel, run);
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  };
  panel.node.addEventListener('keydown', press, true);
}

/** Run the active cell where it stands. */
export async function runCell(
  panel: NotebookPanel,
  dialogs: ISessionContextDialogs,
  translator: ITranslator
): Promise<void> {
  await NotebookActions.run(panel.content, panel.sessionContext, dialogs, translator);
}

/** Run cells by their ids, from the top; one that fails ends it. */
export async function runCells(
  { content, sessionContext }: NotebookPanel,
  ids: string[],
  dialogs: ISessionContextDialogs,
  translator: ITranslator
): Promise<void> {
  const cells = content.widgets.filter(({ model }) => ids.includes(model.id));
  await NotebookActions.runCells(content, cells, sessionContext, dialogs, translator);
}

function actionOf(event: KeyboardEvent, panel: NotebookPanel, run: () => void): (() => void) | null {
  const { content } = panel;
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    return run;
  }
  if (event.key === 'Enter' && event.shiftKey) {
    return () => {
      run();
      goOn(content, 1);
    };
  }
  if (event.ctrlKey || event.metaKey) {
    return commandOf(event, panel);
  }
  return content.mode === 'edit' ? leaving(event, content) : moving(event, content);
}

function commandOf(event: KeyboardEvent, { content, context }: NotebookPanel): (() => void) | null {
  const editor = content.activeCell?.editor;
  switch (event.key.toLowerCase()) {
    case 's':
      return () => void context.save();
    case 'z':
      return editor ? () => (event.shiftKey ? editor.redo() : editor.undo()) : null;
    case 'y':
      return editor ? () => editor.redo() : null;
    default:
      return null;
  }
}

/** Escape leaves the cell, so that Tab goes on to what is behind it. */
function leaving(event: KeyboardEvent, content: Notebook): (() => void) | null {
  if (event.key !== 'Escape') {
    return null;
  }
  return () => {
    content.mode = 'command';
  };
}

/** Outside of the cells' text the arrows go from cell to cell, and Enter goes into one. */
function moving(event: KeyboardEvent, content: Notebook): (() => void) | null {
  if (event.target instanceof Element && event.target.closest('button, a, input, textarea, select')) {
    return null;
  }
  switch (event.key) {
    case 'ArrowDown':
      return () => goOn(content, 1);
    case 'ArrowUp':
      return () => goOn(content, -1);
    case 'Enter':
      return () => {
        content.mode = 'edit';
      };
    default:
      return null;
  }
}

function goOn(content: Notebook, step: number): void {
  const next = content.activeCellIndex + step;
  if (next >= 0 && next < content.widgets.length) {
    content.activeCellIndex = next;
    void content.scrollToItem(next);
  }
}
