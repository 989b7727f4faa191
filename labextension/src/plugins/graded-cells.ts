import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { isDraftPath } from '../authoring/drafts';
import { nameCellList } from '../notebook/cell-list';
import { markGradedCells } from '../notebook/graded-cells';
import { INexus, PLUGIN_PREFIX } from '../tokens';

/** Tests are one line that says what they say; answers in words say where to write. */
export const gradedCellsPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:graded-cells`,
  description: 'Folds tests to a line with their result, and shows where an answer in words is written.',
  autoStart: true,
  requires: [INexus, INotebookTracker],
  activate: (_: JupyterFrontEnd, { trans }: INexus, tracker: INotebookTracker) => {
    tracker.widgetAdded.connect((__, notebook) => {
      nameCellList(notebook);
      // An author sees each cell whole.
      if (!isDraftPath(notebook.context.path)) {
        markGradedCells(notebook, trans);
      }
    });
  }
};
