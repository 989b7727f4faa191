/** A JupyterLab notebook as a lab session sees it. */

import type { ISessionContextDialogs } from '@jupyterlab/apputils';
import { type Notebook, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { ITranslator } from '@jupyterlab/translation';
import type { LabNotebook, NotebookJson } from './state';
import { whileValidating } from './validating';

export function labNotebook(
  panel: NotebookPanel,
  dialogs: ISessionContextDialogs,
  translator: ITranslator
): LabNotebook {
  const json = () => panel.content.model?.toJSON() as unknown as NotebookJson | undefined;
  const runCells = async (progress: (done: number, total: number) => void) => {
    const code = panel.content.widgets.filter(({ model }) => model.type === 'code');
    const ran = new Set<number>();
    // One by one: the kernel drops what is queued behind an error, and later tests still have something to say.
    for (const [done, cell] of code.entries()) {
      progress(done, code.length);
      await NotebookActions.runCells(panel.content, [cell], panel.sessionContext, dialogs, translator);
      if (panel.isDisposed || panel.sessionContext.kernelDisplayStatus === 'dead') {
        break;
      }
      ran.add(panel.content.widgets.indexOf(cell));
    }
    progress(code.length, code.length);
    return ran;
  };
  return {
    path: () => panel.context.path,
    json: () => json() ?? { cells: [] },
    cells: () => json()?.cells ?? [],
    activeIndex: () => panel.content.activeCellIndex,
    save: () => panel.context.save(),
    onRun: listener => {
      const ran = (_: unknown, { notebook }: { notebook: Notebook }) => {
        if (notebook === panel.content) {
          listener();
        }
      };
      NotebookActions.executed.connect(ran);
      panel.sessionContext.kernelChanged.connect(listener);
      panel.disposed.connect(() => NotebookActions.executed.disconnect(ran));
    },
    reload: () => panel.context.revert(),
    runAll: async progress => {
      await panel.sessionContext.ready;
      return whileValidating(panel.sessionContext.session?.kernel ?? null, () => runCells(progress));
    }
  };
}
