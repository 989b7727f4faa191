import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { ExamOnLab, NodeSummary } from '../api/contract';
import { routes } from '../api/routes';
import { noteIcon, videoIcon } from '../icons';
import { examWords } from '../lab/exam-words';
import { NodePage } from '../roadmap/NodePage';
import { CommandIds, INexus, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';

/** Opens nodes: notes and videos in the main area, labs as notebooks with their kernel. */
export const nodesPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:nodes`,
  description: 'Notes, videos and quizzes in the main area; labs as notebooks.',
  autoStart: true,
  requires: [INexus],
  optional: [ILayoutRestorer],
  activate: (app: JupyterFrontEnd, nexus: INexus, restorer: ILayoutRestorer | null) => {
    const tracker = new WidgetTracker<MainAreaWidget<NexusWidget>>({ namespace: 'nexus-node' });
    const { model, trans } = nexus;

    const show = async (node: NodeSummary) => {
      const id = `nexus-node-${node.id}`;
      const shown = tracker.find(widget => widget.id === id) ?? page(nexus, node);
      shown.id = id;
      if (!tracker.has(shown)) {
        await tracker.add(shown);
      }
      if (!shown.isAttached) {
        app.shell.add(shown, 'main', { type: 'Node' });
      }
      app.shell.activateById(id);
    };

    tracker.currentChanged.connect((_, widget) => {
      if (widget) {
        model.focus.set({ nodeId: nodeIdOf(widget), title: widget.title.label });
      }
    });

    app.commands.addCommand(CommandIds.openNode, {
      label: trans.__('Open Node'),
      execute: async args => {
        const id = String(args.id);
        await model.node.get(id).ensure();
        const node = model.node.get(id).data;
        if (!node) {
          throw model.node.get(id).snapshot().error;
        }
        const { exam } = node.lab ?? {};
        if (exam?.access === 'ready' && !(await startExam(nexus, id, exam))) {
          return;
        }
        const opened = await model.api.post(routes.openNode(id));
        if (opened.path) {
          model.labs.remember(opened.path, id);
          await app.commands.execute('docmanager:open', {
            path: opened.path,
            factory: 'Notebook',
            kernel: { name: opened.kernel_name }
          });
        } else {
          await show(node);
        }
        model.shownRoadmap.set({ slug: node.roadmap_slug });
        if (node.status !== 'completed') {
          void model.reloadProgress();
        }
      }
    });
    void restorer?.restore(tracker, {
      command: CommandIds.openNode,
      args: widget => ({ id: nodeIdOf(widget) }),
      name: widget => widget.id
    });
  }
};

/** Start a timed exam if that is wanted now; staff look at it without. */
async function startExam({ host, model, trans }: INexus, id: string, exam: ExamOnLab): Promise<boolean> {
  if (model.me.snapshot().data?.role !== 'student') {
    return true;
  }
  const isWanted = await host.confirm({
    title: trans.__('Start the exam now?'),
    text: examWords(exam, trans),
    no: trans.__('Not yet'),
    yes: trans.__('Start the exam')
  });
  if (isWanted) {
    await model.api.post(routes.exam(id));
    await model.node.get(id).reload();
  }
  return isWanted;
}

function nodeIdOf(widget: MainAreaWidget): string {
  return widget.id.replace('nexus-node-', '');
}

function page(nexus: INexus, node: NodeSummary): MainAreaWidget<NexusWidget> {
  const scroller = { current: null as HTMLElement | null };
  const content = new NexusWidget(
    nexus,
    () => <NodePage id={node.id} scroller={scroller as React.RefObject<HTMLElement>} />,
    'nx-page'
  );
  scroller.current = content.node;
  const widget = new MainAreaWidget({ content });
  widget.title.label = node.title;
  widget.title.icon = node.type === 'video' ? videoIcon : noteIcon;
  widget.title.closable = true;
  return widget;
}
