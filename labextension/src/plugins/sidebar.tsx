import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { logoIcon } from '../icons';
import { Sidebar } from '../roadmap/Sidebar';
import { CommandIds, INexus, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';
import { NARROW } from './narrow';

/** The left sidebar: roadmaps and their nodes. */
export const sidebarPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:sidebar`,
  description: 'Roadmaps, progress and node states in the left sidebar.',
  autoStart: true,
  requires: [INexus],
  optional: [ILayoutRestorer],
  activate: (app: JupyterFrontEnd, nexus: INexus, restorer: ILayoutRestorer | null) => {
    const widget = new NexusWidget(nexus, () => <Sidebar />, 'nx-sidebar-panel');
    widget.id = 'nexus-sidebar';
    widget.title.icon = logoIcon;
    widget.title.caption = nexus.trans.__('Roadmaps');
    app.shell.add(widget, 'left', { rank: 1, type: 'Roadmaps' });
    restorer?.add(widget, widget.id);
    app.commands.addCommand(CommandIds.openRoadmap, {
      label: nexus.trans.__('Open Roadmap'),
      execute: args => {
        nexus.model.shownRoadmap.set({ slug: typeof args.slug === 'string' ? args.slug : null });
        app.shell.activateById(widget.id);
      }
    });
    void app.restored.then(() => {
      if (!window.matchMedia(NARROW).matches) {
        app.shell.activateById(widget.id);
      }
    });
  }
};
