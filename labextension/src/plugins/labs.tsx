import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISessionContextDialogs, SessionContextDialogs } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { bulbIcon, checkIcon, labIcon, sendIcon } from '../icons';
import { LAB_METADATA, nodeOfMetadata } from '../lab/book';
import { LabPanel } from '../lab/LabPanel';
import { labNotebook } from '../lab/notebook';
import { LabSession } from '../lab/session';
import { submitLab } from '../lab/submitting';
import { Observable } from '../model/observable';
import { CommandIds, INexus, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';
import { addLabToolbar } from './lab-toolbar';

const LAB_PANEL_ID = 'nexus-lab';

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
    panel.id = LAB_PANEL_ID;
    panel.title.icon = labIcon;
    panel.title.caption = trans.__('Lab');
    app.shell.add(panel, 'right', { rank: 1, type: 'Lab' });
    restorer?.add(panel, panel.id);

    const follow = (notebook: NotebookPanel | null) => {
      const session = notebook ? (sessions.get(notebook) ?? null) : null;
      if (session !== current.snapshot().session) {
        current.set({ session });
        if (session) {
          void focusOn(session);
          app.shell.activateById(panel.id);
          shell?.activateById(notebook?.id ?? '');
        }
      }
    };

    /** The title is known as soon as the node is there. */
    const focusOn = async (session: LabSession) => {
      model.focus.set({ nodeId: session.nodeId, title: session.node.data?.title ?? '' });
      await session.node.ensure();
      if (model.focus.snapshot().nodeId === session.nodeId) {
        model.focus.set({ title: session.node.data?.title ?? '' });
      }
    };

    const adopt = async (notebook: NotebookPanel) => {
      await notebook.context.ready;
      const named = nodeOfMetadata(notebook.model?.getMetadata(LAB_METADATA));
      const nodeId = named ?? model.labs.find(notebook.context.path);
      if (!nodeId || sessions.has(notebook) || notebook.isDisposed) {
        return;
      }
      const session = new LabSession(nodeId, model, labNotebook(notebook, sessionDialogs, translator));
      sessions.set(notebook, session);
      addLabToolbar(notebook, app.commands, trans);
      notebook.disposed.connect(() => {
        sessions.delete(notebook);
        session.dispose();
        follow(tracker.currentWidget);
      });
      follow(tracker.currentWidget);
    };

    tracker.widgetAdded.connect((_, notebook) => void adopt(notebook));
    tracker.currentChanged.connect((_, notebook) => follow(notebook));
    model.labs.changed.subscribe(() => tracker.forEach(notebook => void adopt(notebook)));
    model.event.connect((_, event) => {
      if (event.type === 'content.changed') {
        for (const [notebook, session] of sessions) {
          void offerNewVersion(app, nexus, notebook, session);
        }
      }
    });

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
    add(CommandIds.hint, trans.__('Hint'), bulbIcon, session => session.hints.ask());
    add(CommandIds.submit, trans.__('Submit'), sendIcon, session => submitLab(session, nexus.host, trans));
  }
};

/** The author changed the content: say so once to whoever has an older version of the lab open. */
async function offerNewVersion(
  app: JupyterFrontEnd,
  { host, trans }: INexus,
  notebook: NotebookPanel,
  session: LabSession
): Promise<void> {
  const knew = session.node.data?.lab?.new_version ?? false;
  await session.node.reload();
  const node = session.node.data;
  if (!node?.lab?.new_version || knew || session.isCopy) {
    return;
  }
  host.tell({
    kind: 'info',
    text: trans.__('There is a newer version of “%1”. Your work is kept.', node.title),
    lastsMs: null,
    action: {
      label: trans.__('Look'),
      run: () => {
        app.shell.activateById(notebook.id);
        app.shell.activateById(LAB_PANEL_ID);
      }
    }
  });
}
