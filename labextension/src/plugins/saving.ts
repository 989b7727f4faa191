import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
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
    keeper.watch();
    return { saveAll: () => keeper.saveAll(), save: path => keeper.save(path) };
  }
};
