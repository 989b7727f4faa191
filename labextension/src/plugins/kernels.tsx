import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISessionContextDialogs, Notification } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { KernelBanner } from '../kernel/KernelBanner';
import { troubleText } from '../kernel/trouble';
import { isDead, KernelWatch, startAgain } from '../kernel/watch';
import { INexus, PLUGIN_PREFIX } from '../tokens';
import { addBanner } from './banner';

/** Above each notebook: the place in the queue, a lost connection, a kernel's end with its reason, a limit that was hit. */
export const kernelsPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:kernels`,
  description: 'What a notebook’s kernel is going through, and what to do about it.',
  autoStart: true,
  requires: [INexus, INotebookTracker],
  optional: [ISessionContextDialogs],
  activate: (
    _app: JupyterFrontEnd,
    nexus: INexus,
    tracker: INotebookTracker,
    dialogs: ISessionContextDialogs | null
  ) => {
    if (dialogs) {
      reviveTheDead(dialogs);
    }
    const watches = new Map<NotebookPanel, KernelWatch>();

    tracker.widgetAdded.connect((_, notebook) => {
      const watch = new KernelWatch(notebook.sessionContext);
      watches.set(notebook, watch);
      const isShown = () => watch.snapshot().trouble !== null;
      addBanner(notebook, nexus, watch, isShown, () => <KernelBanner watch={watch} />);
      notebook.disposed.connect(() => {
        watches.delete(notebook);
        watch.dispose();
      });
    });

    nexus.model.event.connect((_, event) => {
      const taken = [...watches.values()].map(watch => watch.take(event));
      if (event.type === 'kernel.died' && !taken.includes(true)) {
        const died = { kind: 'died', reason: event.reason, message: event.message } as const;
        const { title, text } = troubleText(died, nexus.trans);
        Notification.warning(`${title}. ${text}`, { autoClose: 10_000 });
      }
    });
  }
};

/** Make JupyterLab's restart buttons and menus work for a kernel that ended. */
function reviveTheDead(dialogs: ISessionContextDialogs): void {
  const restart = dialogs.restart.bind(dialogs);
  dialogs.restart = async (context, ...options) => {
    if (!isDead(context)) {
      return restart(context, ...options);
    }
    await startAgain(context);
    return true;
  };
}
