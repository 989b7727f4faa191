import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISessionContextDialogs } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { startAgain } from '../kernel/watch';
import { KernelNews } from '../notebook/kernel-news';
import { INexus, PLUGIN_PREFIX } from '../tokens';

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
    const news = new KernelNews(nexus);
    if (dialogs) {
      reviveTheDead(dialogs, news);
    }
    tracker.widgetAdded.connect((_, notebook) => news.adopt(notebook));
  }
};

/** Make JupyterLab's restart buttons and menus work for a kernel that ended. */
function reviveTheDead(dialogs: ISessionContextDialogs, news: KernelNews): void {
  const restart = dialogs.restart.bind(dialogs);
  dialogs.restart = async (context, ...options) => {
    if (!news.isOver(context)) {
      return restart(context, ...options);
    }
    await startAgain(context);
    return true;
  };
}
