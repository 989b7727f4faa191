import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { pageUrl, routes } from '../api/routes';
import { TopBar } from '../components/TopBar';
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
      execute: () => signOut(nexus, saving)
    });
  }
};

/** Save everything, end the session, then leave the page. */
async function signOut({ model, trans }: INexus, saving: ISaving): Promise<void> {
  if (!(await saving.saveAll()) && !(await leavesUnsaved(trans))) {
    return;
  }
  model.connection.leave(true);
  try {
    await model.api.post(routes.logout);
  } catch (error) {
    model.connection.leave(false);
    throw error;
  }
  model.stream.close();
  window.location.assign(pageUrl(PageConfig.getBaseUrl(), 'login'));
}

async function leavesUnsaved(trans: INexus['trans']): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Not everything could be saved'),
    body: trans.__('What you typed is kept in this browser, and offered to you when you log in here again.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Stay') }),
      Dialog.okButton({ label: trans.__('Log out all the same') })
    ],
    defaultButton: 0
  });
  return button.accept;
}
