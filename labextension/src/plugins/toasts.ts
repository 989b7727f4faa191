import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { toastOf } from '../model/notices';
import { CommandIds, INexus, PLUGIN_PREFIX } from '../tokens';

const TOAST_MS = 5_000;

/** Says aloud what the event socket brings: XP, badges, ranks. */
export const toastsPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:toasts`,
  description: 'Toasts for XP, badges and ranks.',
  autoStart: true,
  requires: [INexus],
  activate: (app: JupyterFrontEnd, { model, trans }: INexus) => {
    model.event.connect((_, event) => {
      const toast = toastOf(event, trans);
      if (toast) {
        const look = {
          label: trans.__('Look'),
          callback: () => void app.commands.execute(CommandIds.openBadges)
        };
        const actions = event.type === 'badge.earned' ? [look] : [];
        Notification.emit(toast.text, toast.kind, { autoClose: TOAST_MS, actions });
      }
    });
  }
};
