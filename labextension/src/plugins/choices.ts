import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { enlivenChoices } from '../notebook/choice-cells';
import { PLUGIN_PREFIX } from '../tokens';

/** Choice cells can be answered where they are rendered: Lab itself draws their boxes, but dead. */
export const choicesPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:choices`,
  description: "Makes a choice cell's options clickable.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_: JupyterFrontEnd, tracker: INotebookTracker) => {
    tracker.widgetAdded.connect((__, notebook) => enlivenChoices(notebook));
  }
};
