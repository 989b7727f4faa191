import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { routes } from '../api/routes';
import { AuthorPanel } from '../authoring/AuthorPanel';
import { showCellBars } from '../authoring/cell-bars';
import { isDraftPath } from '../authoring/drafts';
import { authoredNotebook } from '../authoring/notebook';
import { StudentView } from '../authoring/StudentView';
import { AuthorSession } from '../authoring/session';
import { teachIcon } from '../icons';
import { Observable } from '../model/observable';
import { CommandIds, INexus, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';

const PANEL_ID = 'nexus-author';

/** Labs of drafts: a panel and a bar above each cell say what it is for; a view shows what students will get. */
export const authoringPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:authoring`,
  description: 'Roles, points, checks and the student’s view for the labs of an instructor’s drafts.',
  autoStart: true,
  requires: [INexus, INotebookTracker],
  optional: [ILabShell],
  activate: (app: JupyterFrontEnd, nexus: INexus, tracker: INotebookTracker, shell: ILabShell | null) => {
    const { trans } = nexus;
    const sessions = new Map<NotebookPanel, AuthorSession>();
    const current = new Observable<{ session: AuthorSession | null }>({ session: null });
    let panel: NexusWidget | null = null;

    /** Only who writes a lab gets the panel. */
    const showPanel = () => {
      if (!panel) {
        panel = new NexusWidget(nexus, () => <AuthorPanel current={current} />, 'nx-lab-panel');
        panel.id = PANEL_ID;
        panel.title.icon = teachIcon;
        panel.title.caption = trans.__('Author');
        app.shell.add(panel, 'right', { rank: 0, type: 'Author' });
      }
      app.shell.activateById(panel.id);
    };

    const follow = (notebook: NotebookPanel | null) => {
      const session = notebook ? (sessions.get(notebook) ?? null) : null;
      if (session !== current.snapshot().session) {
        current.set({ session });
        if (session) {
          showPanel();
          shell?.activateById(notebook?.id ?? '');
        }
      }
    };

    const adopt = async (notebook: NotebookPanel) => {
      if (!isDraftPath(notebook.context.path)) {
        return;
      }
      await notebook.context.ready;
      const { items } = await nexus.model.api.get(routes.drafts);
      const draft = items.find(({ folder }) => notebook.context.path.startsWith(`${folder}/`));
      if (!draft || notebook.isDisposed) {
        return;
      }
      const session = new AuthorSession(authoredNotebook(notebook), nexus.model, draft.id);
      sessions.set(notebook, session);
      showCellBars(notebook, session, trans);
      keepStudentView(app, nexus, notebook, session);
      notebook.disposed.connect(() => {
        sessions.delete(notebook);
        session.dispose();
        follow(tracker.currentWidget);
      });
      follow(tracker.currentWidget);
    };

    // A learner has no drafts, and is told nothing of them.
    tracker.widgetAdded.connect((_, notebook) => void adopt(notebook).catch(() => undefined));
    tracker.currentChanged.connect((_, notebook) => follow(notebook));
    app.commands.addCommand(CommandIds.studentView, {
      label: trans.__('Show the lab as students will get it'),
      isEnabled: () => current.snapshot().session !== null,
      isToggled: () => current.snapshot().session?.state.snapshot().showsRelease ?? false,
      execute: () => current.snapshot().session?.toggleRelease()
    });
  }
};

/** Open and close the students' view beside the notebook, and renew it whenever the notebook is saved. */
function keepStudentView(
  app: JupyterFrontEnd,
  nexus: INexus,
  notebook: NotebookPanel,
  session: AuthorSession
): void {
  let view: MainAreaWidget<NexusWidget> | null = null;
  const follow = () => {
    const { showsRelease } = session.state.snapshot();
    if (showsRelease && !view) {
      const opened = new MainAreaWidget({
        content: new NexusWidget(nexus, () => <StudentView session={session} />, 'nx-page')
      });
      opened.id = `nexus-students-${notebook.id}`;
      opened.title.label = nexus.trans.__('Student view');
      opened.title.closable = true;
      opened.disposed.connect(() => {
        view = null;
        if (session.state.snapshot().showsRelease) {
          void session.toggleRelease();
        }
      });
      view = opened;
      app.shell.add(opened, 'main', { ref: notebook.id, mode: 'split-right', activate: false });
    } else if (!showsRelease && view) {
      view.dispose();
    }
  };
  session.state.subscribe(follow);
  notebook.context.saveState.connect((_, state) => {
    if (state === 'completed') {
      void session.reloadRelease();
    }
  });
  notebook.disposed.connect(() => view?.dispose());
}
