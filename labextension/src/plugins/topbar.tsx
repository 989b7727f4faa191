import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { TopBar } from '../components/TopBar';
import { INexusModel, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';
import { nexusOf } from './shared';

/** XP, rank and streak at the right end of the top bar. */
export const topbarPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:topbar`,
  description: 'XP, rank, streak, notifications and the profile menu in the top bar.',
  autoStart: true,
  requires: [INexusModel, ITranslator],
  activate: (app: JupyterFrontEnd, model: INexusModel, translator: ITranslator) => {
    const widget = new NexusWidget(nexusOf(app, model, translator), () => <TopBar />, 'nx-topbar-panel');
    widget.id = 'nexus-topbar';
    app.shell.add(widget, 'top', { rank: 1000 });
  }
};
