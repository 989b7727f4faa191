import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { Sidebar } from '../components/Sidebar';
import { logoIcon } from '../icons';
import { INexusModel, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';
import { nexusOf } from './shared';

/** The left sidebar: roadmaps and their nodes. */
export const sidebarPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:sidebar`,
  description: 'Roadmaps, progress and node states in the left sidebar.',
  autoStart: true,
  requires: [INexusModel, ITranslator],
  optional: [ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    model: INexusModel,
    translator: ITranslator,
    restorer: ILayoutRestorer | null
  ) => {
    const nexus = nexusOf(app, model, translator);
    const widget = new NexusWidget(nexus, () => <Sidebar />, 'nx-sidebar-panel');
    widget.id = 'nexus-sidebar';
    widget.title.icon = logoIcon;
    widget.title.caption = nexus.trans.__('Roadmaps');
    app.shell.add(widget, 'left', { rank: 1, type: 'Roadmaps' });
    restorer?.add(widget, widget.id);
    void app.restored.then(() => app.shell.activateById(widget.id));
  }
};
