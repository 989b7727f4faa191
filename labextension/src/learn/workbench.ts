/** Opens notebooks without JupyterLab's shell: the same widgets, files and kernels, with what our own extension adds. */

import { type ISessionContext, SessionContextDialogs } from '@jupyterlab/apputils';
import { Context } from '@jupyterlab/docregistry';
import {
  NotebookModelFactory,
  NotebookPanel,
  NotebookWidgetFactory,
  runCell,
  StaticNotebook,
  setCellExecutor
} from '@jupyterlab/notebook';
import { ServerConnection, type ServiceManager } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { steadyFetch } from '../api/steady-fetch';
import type { Nexus } from '../components/context';
import { nameCellList } from '../notebook/cell-list';
import { enlivenChoices } from '../notebook/choice-cells';
import { markFailingLines } from '../notebook/failing-line';
import { markGradedCells } from '../notebook/graded-cells';
import { KernelNews } from '../notebook/kernel-news';
import { reconnect } from '../notebook/reconnect';
import { showHistory } from '../saving/history';
import { Keeper } from '../saving/keeper';
import { editors, mimeTypes, rendermime } from './engine';
import { labServices, type Services } from './lab-services';
import type { StartedLab } from './lab-starts';
import { addKeys } from './notebook-keys';

export const translator = nullTranslator;
setCellExecutor({ runCell });

export const dialogs = new SessionContextDialogs({ translator });

export class Workbench {
  readonly keeper: Keeper;
  private readonly _services: Services;
  private readonly _news: KernelNews;
  private readonly _models = new NotebookModelFactory();
  private readonly _widgets = widgetFactory();
  private readonly _open = new Set<NotebookPanel>();
  private readonly _closing = new Set<Promise<void>>();

  constructor(private readonly _nexus: Nexus) {
    this._services = services(_nexus);
    this._news = new KernelNews(_nexus);
    this.keeper = new Keeper(_nexus, this._services.contents);
    this.keeper.watch();
    const { connection } = _nexus.model;
    connection.subscribe(() => {
      if (connection.isUsable) {
        for (const { sessionContext } of this._open) {
          reconnect(sessionContext);
        }
      }
    });
  }

  /** Open a notebook: it is shown as soon as it is there, and its kernel comes when it comes. */
  async open(started: StartedLab): Promise<NotebookPanel> {
    const { path, kernelName } = started;
    await this.putAway();
    const context = new Context({
      // a document needs these six of JupyterLab's services and no other
      manager: this._services as unknown as ServiceManager.IManager,
      factory: this._models,
      path,
      kernelPreference: kernelName
        ? { name: kernelName, shouldStart: true, canStart: true, autoStartDefault: true }
        : { shouldStart: true, canStart: true, autoStartDefault: true },
      sessionDialogs: dialogs
    });
    const panel = this._widgets.createNew(context);
    this._equip(panel, context);
    try {
      await this._take(started, context.sessionContext);
      // a copy for going back to is made behind what is shown
      await Promise.race([context.initialize(false), context.ready]);
    } catch (error) {
      this._services.sessions.forget(path);
      this._open.delete(panel);
      panel.dispose();
      context.dispose();
      throw error;
    }
    return panel;
  }

  /** Use what was asked for while the code was loading; a kernel that is there is connected before the notebook is drawn. */
  private async _take(
    { kernelName, notebook, session }: StartedLab,
    context: ISessionContext
  ): Promise<void> {
    const { drive, kernelspecs, sessions } = this._services;
    // without a session that is known, JupyterLab chooses a kernel among those that there are
    sessions.expect(session.then(async model => model ?? kernelspecs.ready.then(() => null)));
    const file = await notebook;
    if (file) {
      drive.tell(file);
    }
    if (file && kernelName) {
      // what is wrong is told by its dialog
      const connected = context.initialize().catch(() => undefined);
      drive.putFirst(connected.then(() => answered(context)));
      await Promise.race([connected, nextTask()]);
    }
  }

  /** Show the notebook's former versions. */
  showHistory({ context }: NotebookPanel): Promise<void> {
    return showHistory(this._nexus, context, () => this.keeper.save(context.path));
  }

  /** Save a notebook and put it away; its kernel goes on. */
  close(panel: NotebookPanel): Promise<void> {
    const closing = this._close(panel).finally(() => this._closing.delete(closing));
    this._closing.add(closing);
    return closing;
  }

  /** Wait until each notebook that is being closed is saved. */
  async putAway(): Promise<void> {
    await Promise.allSettled(this._closing);
  }

  private async _close(panel: NotebookPanel): Promise<void> {
    await this.keeper.putAway(panel.context.path);
    this._open.delete(panel);
    const { context } = panel;
    this._services.sessions.forget(context.path);
    panel.dispose();
    context.dispose();
  }

  private _equip(panel: NotebookPanel, context: NotebookPanel['context']): void {
    this._open.add(panel);
    panel.toolbar.hide();
    addKeys(panel, dialogs, translator);
    nameCellList(panel);
    markGradedCells(panel, this._nexus.trans);
    enlivenChoices(panel);
    markFailingLines(panel);
    this._news.adopt(panel);
    void this.keeper.adopt(panel, context);
  }
}

function services({ model }: Nexus): Services {
  return labServices(
    ServerConnection.makeSettings({
      fetch: steadyFetch({ connection: model.connection, refresh: () => model.api.refresh() })
    })
  );
}

/** JupyterLab's factory without the history of former sessions, which would be the first that a kernel is asked. */
class LabNotebookFactory extends NotebookWidgetFactory {
  protected override createNewWidget(context: NotebookPanel['context']): NotebookPanel {
    const content = this.contentFactory.createNotebook({
      rendermime: this.rendermime.clone({ resolver: context.urlResolver }),
      contentFactory: this.contentFactory,
      mimeTypeService: this.mimeTypeService,
      editorConfig: this.editorConfig,
      notebookConfig: this.notebookConfig,
      translator
    });
    return new NotebookPanel({ context, content });
  }
}

function widgetFactory(): NotebookWidgetFactory {
  return new LabNotebookFactory({
    name: 'Notebook',
    modelName: 'notebook',
    fileTypes: ['notebook'],
    defaultFor: ['notebook'],
    preferKernel: true,
    canStartKernel: true,
    rendermime,
    contentFactory: new NotebookPanel.ContentFactory({ editorFactory: editors.newInlineEditor }),
    mimeTypeService: mimeTypes,
    notebookConfig: {
      ...StaticNotebook.defaultNotebookConfig,
      // what is seen first is drawn first; then every cell, for screen readers and the browser's own search
      windowingMode: 'defer',
      scrollPastEnd: false
    }
  });
}

/** Ends when the kernel has answered, or never will. */
async function answered({ session }: ISessionContext): Promise<void> {
  const kernel = session?.kernel;
  if (kernel) {
    const ended = new Promise<void>(resolve => kernel.disposed.connect(() => resolve()));
    await Promise.race([kernel.info, ended]);
  }
}

/** Whatever can be done without waiting is done by then. */
function nextTask(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve));
}
