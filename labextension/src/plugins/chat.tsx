import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ChatPanel } from '../components/ChatPanel';
import { chatIcon } from '../icons';
import { CommandIds, INexus, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';

/** The tutor's chat in the right sidebar. */
export const chatPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:chat`,
  description: 'A conversation with the tutor about the node at hand.',
  autoStart: true,
  requires: [INexus],
  optional: [ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    nexus: INexus,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ) => {
    const panel = new NexusWidget(nexus, () => <ChatPanel />, 'nx-lab-panel');
    panel.id = 'nexus-chat';
    panel.title.icon = chatIcon;
    panel.title.caption = nexus.trans.__('Tutor');
    app.shell.add(panel, 'right', { rank: 2, type: 'Tutor' });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(CommandIds.openChat, {
      label: nexus.trans.__('Ask the Tutor'),
      icon: chatIcon,
      execute: () => app.shell.activateById(panel.id)
    });
    palette?.addItem({ command: CommandIds.openChat, category: 'NexusAI' });
  }
};
