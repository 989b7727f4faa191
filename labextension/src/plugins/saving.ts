import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ToolbarButton } from '@jupyterlab/ui-components';
import { historyIcon } from '../icons';
import { showHistory } from '../saving/history';
import { Keeper } from '../saving/keeper';
import { INexus, ISaving, PLUGIN_PREFIX } from '../tokens';

/** the kinds of document that people type into */
const FACTORIES = ['Notebook', 'Editor'];

/** Saves soon after each edit and at each run; keeps a draft in the browser until the server has it. */
export const savingPlugin: JupyterFrontEndPlugin<ISaving> = {
  id: `${PLUGIN_PREFIX}:saving`,
  description: 'Saves documents soon after each edit, keeps drafts, and settles versions that differ.',
  autoStart: true,
  provides: ISaving,
  requires: [INexus, IDocumentManager],
  activate: (app: JupyterFrontEnd, nexus: INexus, documents: IDocumentManager): ISaving => {
    const keeper = new Keeper(nexus, documents.services.contents);
    for (const factory of FACTORIES) {
      app.docRegistry.addWidgetExtension(factory, {
        createNew: (widget, context) =>
          void (widget instanceof MainAreaWidget && keeper.adopt(widget, context))
      });
    }
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (panel: NotebookPanel, context) => addHistory(panel, context, nexus, keeper)
    });
    keeper.watch();
    return { saveAll: () => keeper.saveAll(), save: path => keeper.save(path) };
  }
};

/** Put *History* into a notebook's toolbar, after what JupyterLab has there. */
function addHistory(
  { toolbar }: NotebookPanel,
  context: DocumentRegistry.IContext<DocumentRegistry.IModel>,
  nexus: INexus,
  keeper: Keeper
): void {
  const button = new ToolbarButton({
    icon: historyIcon,
    tooltip: nexus.trans.__('History: former versions of this notebook'),
    onClick: () => void showHistory(nexus, context, () => keeper.save(context.path))
  });
  if (!toolbar.insertBefore('spacer', 'nexus-history', button)) {
    toolbar.addItem('nexus-history', button);
  }
}
