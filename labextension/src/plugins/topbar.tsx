import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { TopBar } from '../components/TopBar';
import { CommandIds, INexus, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';

/** XP, rank, streak, the bell and the profile at the right end of the top bar. */
export const topbarPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:topbar`,
  description: 'XP, rank, streak, notifications and the profile menu in the top bar.',
  autoStart: true,
  requires: [INexus],
  activate: (app: JupyterFrontEnd, nexus: INexus) => {
    const widget = new NexusWidget(nexus, () => <TopBar />, 'nx-topbar-panel');
    widget.id = 'nexus-topbar';
    app.shell.add(widget, 'top', { rank: 1000 });
    app.commands.addCommand(CommandIds.signOut, {
      label: nexus.trans.__('Log Out'),
      execute: async () => {
        nexus.model.stream.close();
        await nexus.model.api.post('/auth/logout');
        window.location.assign(`${PageConfig.getBaseUrl()}nexus/login`);
      }
    });
  }
};
