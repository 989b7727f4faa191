/** Opens notebooks without JupyterLab's shell: the same widgets, files and kernels, with what our own extension adds. */

import { SessionContextDialogs } from '@jupyterlab/apputils';
import { Context } from '@jupyterlab/docregistry';
import {
  NotebookModelFactory,
  NotebookPanel,
  NotebookWidgetFactory,
  runCell,
  StaticNotebook,
  setCellExecutor
} from '@jupyterlab/notebook';
import {
  ContentsManager,
  KernelManager,
  KernelSpecManager,
  ServerConnection,
  type ServiceManager,
  SessionManager
} from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { steadyFetch } from '../api/steady-fetch';
import type { Nexus } from '../components/context';
import { nameCellList } from '../notebook/cell-list';
import { enlivenChoices } from '../notebook/choice-cells';
import { markFailingLines } from '../notebook/failing-line';
import { markGradedCells } from '../notebook/graded-cells';
import { KernelNews } from '../notebook/kernel-news';
import { askWhenBack, reconnect } from '../notebook/reconnect';
import { Keeper } from '../saving/keeper';
import { editors, mimeTypes, rendermime } from './engine';
import { addKeys } from './notebook-keys';

export const translator = nullTranslator;
setCellExecutor({ runCell });

export const dialogs = new SessionContextDialogs({ translator });

type Services = Pick<
  ServiceManager.IManager,
  'contents' | 'kernels' | 'sessions' | 'kernelspecs' | 'serverSettings' | 'ready'
>;

export class Workbench {
  readonly keeper: Keeper;
  private readonly _services: Services;
  private readonly _news: KernelNews;
  private readonly _models = new NotebookModelFactory();
  private readonly _widgets = widgetFactory();
  private readonly _open = new Set<NotebookPanel>();

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

  /** Open a notebook; its kernel is found by its session as soon as that is there. */
  async open(path: string, kernelName: string | null, session: Promise<unknown>): Promise<NotebookPanel> {
    const context = new Context({
      // a document needs these six of JupyterLab's services and no other
      manager: this._services as ServiceManager.IManager,
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
      await Promise.all([session, this._services.sessions.ready]);
      await context.initialize(false);
      await context.ready;
    } catch (error) {
      panel.dispose();
      context.dispose();
      throw error;
    }
    return panel;
  }

  /** Save a notebook and put it away; its kernel goes on. */
  async close(panel: NotebookPanel): Promise<void> {
    await this.keeper.save(panel.context.path);
    this._open.delete(panel);
    const { context } = panel;
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
    askWhenBack(panel.sessionContext);
    void this.keeper.adopt(panel, context);
  }
}

function services({ model }: Nexus): Services {
  const serverSettings = ServerConnection.makeSettings({
    fetch: steadyFetch({ connection: model.connection, refresh: () => model.api.refresh() })
  });
  const kernels = new KernelManager({ serverSettings });
  const sessions = new SessionManager({ serverSettings, kernelManager: kernels });
  const kernelspecs = new KernelSpecManager({ serverSettings });
  const contents = new ContentsManager({ serverSettings });
  return { serverSettings, kernels, sessions, kernelspecs, contents, ready: sessions.ready };
}

function widgetFactory(): NotebookWidgetFactory {
  return new NotebookWidgetFactory({
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
      // every cell is in the document: screen readers and the browser's own search find it
      windowingMode: 'none',
      scrollPastEnd: false
    }
  });
}
