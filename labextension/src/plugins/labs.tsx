import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISessionContextDialogs, SessionContextDialogs } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { LabPanel } from '../components/LabPanel';
import { bulbIcon, checkIcon, labIcon, sendIcon } from '../icons';
import { labNotebook } from '../labnotebook';
import { LabSession } from '../labsession';
import { deathText } from '../notices';
import { Observable } from '../observable';
import { CommandIds, INexus, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';
import { addLabToolbar } from './labtoolbar';

/** Labs: the panel beside the notebook, and the toolbar's Check, Hint and Submit. */
export const labsPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:labs`,
  description: 'Check, submit and hints for lab notebooks, with the results beside the notebook.',
  autoStart: true,
  requires: [INexus, INotebookTracker, ITranslator],
  optional: [ISessionContextDialogs, ILabShell, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    nexus: INexus,
    tracker: INotebookTracker,
    translator: ITranslator,
    dialogs: ISessionContextDialogs | null,
    shell: ILabShell | null,
    restorer: ILayoutRestorer | null
  ) => {
    const { model, trans } = nexus;
    const sessions = new Map<NotebookPanel, LabSession>();
    const current = new Observable<{ session: LabSession | null }>({ session: null });
    const sessionDialogs = dialogs ?? new SessionContextDialogs({ translator });

    const panel = new NexusWidget(nexus, () => <LabPanel current={current} />, 'nx-lab-panel');
    panel.id = 'nexus-lab';
    panel.title.icon = labIcon;
    panel.title.caption = trans.__('Lab');
    app.shell.add(panel, 'right', { rank: 1, type: 'Lab' });
    restorer?.add(panel, panel.id);

    const follow = (notebook: NotebookPanel | null) => {
      const session = notebook ? (sessions.get(notebook) ?? null) : null;
      if (session !== current.snapshot().session) {
        current.set({ session });
        if (session) {
          model.focus.set({
            nodeId: session.nodeId,
            title: session.node.data?.title ?? trans.__('This lab')
          });
          app.shell.activateById(panel.id);
          shell?.activateById(notebook?.id ?? '');
        }
      }
    };

    const adopt = (notebook: NotebookPanel) => {
      const nodeId = model.labs.find(notebook.context.path);
      if (!nodeId || sessions.has(notebook)) {
        return;
      }
      const session = new LabSession(nodeId, model, labNotebook(notebook, sessionDialogs, translator));
      sessions.set(notebook, session);
      addLabToolbar(notebook, app.commands, trans);
      watchKernel(notebook, session, nexus);
      notebook.disposed.connect(() => {
        sessions.delete(notebook);
        session.dispose();
        follow(tracker.currentWidget);
      });
      follow(tracker.currentWidget);
    };

    tracker.widgetAdded.connect((_, notebook) => adopt(notebook));
    tracker.currentChanged.connect((_, notebook) => follow(notebook));
    model.labs.changed.subscribe(() => tracker.forEach(adopt));

    const add = (
      id: string,
      label: string,
      icon: typeof checkIcon,
      act: (session: LabSession) => Promise<void>
    ) =>
      app.commands.addCommand(id, {
        label,
        icon,
        isEnabled: () => current.snapshot().session !== null,
        execute: async () => {
          const { session } = current.snapshot();
          if (session) {
            shell?.expandRight();
            await act(session);
          }
        }
      });
    add(CommandIds.check, trans.__('Check'), checkIcon, session => session.check());
    add(CommandIds.hint, trans.__('Hint'), bulbIcon, session => session.askForHint());
    add(CommandIds.submit, trans.__('Submit'), sendIcon, session => session.submit());
  }
};

/** Tell the session when its kernel died, and when it is back. */
function watchKernel(notebook: NotebookPanel, session: LabSession, { model, trans }: INexus): void {
  const onEvent = (_: unknown, event: { type: string; [name: string]: unknown }) => {
    const mine = notebook.sessionContext.session?.kernel?.id;
    if (event.type === 'kernel.died' && (event.kernel_id === undefined || event.kernel_id === mine)) {
      session.died(deathText(event, trans));
    }
  };
  model.event.connect(onEvent);
  notebook.disposed.connect(() => model.event.disconnect(onEvent));
  notebook.sessionContext.statusChanged.connect((_, status) => {
    if (status === 'idle') {
      session.forgetDeath();
    }
  });
}
