import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { tellEvents } from '../model/toasts';
import { INexus, PLUGIN_PREFIX } from '../tokens';

/** Says aloud what the event socket brings: XP, badges, ranks. */
export const toastsPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:toasts`,
  description: 'Toasts for XP, badges and ranks.',
  autoStart: true,
  requires: [INexus],
  activate: (_app: JupyterFrontEnd, nexus: INexus) => tellEvents(nexus)
};
