import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { TopBar } from '../components/TopBar';
import { signOut } from '../saving/sign-out';
import { CommandIds, INexus, ISaving, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';

/** XP, rank, streak, the bell and the profile at the right end of the top bar. */
export const topbarPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:topbar`,
  description: 'XP, rank, streak, notifications and the profile menu in the top bar.',
  autoStart: true,
  requires: [INexus, ISaving],
  activate: (app: JupyterFrontEnd, nexus: INexus, saving: ISaving) => {
    const widget = new NexusWidget(nexus, () => <TopBar />, 'nx-topbar-panel');
    widget.id = 'nexus-topbar';
    app.shell.add(widget, 'top', { rank: 1000 });
    app.commands.addCommand(CommandIds.signOut, {
      label: nexus.trans.__('Log Out'),
      execute: () => signOut(nexus, saving.saveAll)
    });
  }
};
