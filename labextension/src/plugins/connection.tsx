import {
  type IConnectionLost as ConnectionLost,
  IConnectionLost,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import { loginUrl } from '../api/routes';
import { SessionOverlay } from '../components/SessionOverlay';
import { askWhenBack, reconnect } from '../notebook/reconnect';
import { INexus, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';

/** A server that does not answer and a login that ended are said over the page; both end by themselves. */
export const connectionPlugin: JupyterFrontEndPlugin<ConnectionLost> = {
  id: `${PLUGIN_PREFIX}:connection`,
  description: 'Says that the server does not answer or that the login ended, and takes it back afterwards.',
  autoStart: true,
  provides: IConnectionLost,
  requires: [INexus],
  activate: (_app: JupyterFrontEnd, nexus: INexus): ConnectionLost => {
    const here = window.location.pathname + window.location.search;
    const loginPage = loginUrl(PageConfig.getBaseUrl(), here);
    const overlay = new NexusWidget(
      nexus,
      () => <SessionOverlay loginPage={loginPage} />,
      'nx-session-overlay'
    );
    overlay.id = 'nexus-session-overlay';
    Widget.attach(overlay, document.body);
    return async () => nexus.model.connection.lost();
  }
};

/** Notebooks take up their kernels again as soon as the server is back. */
export const reconnectPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_PREFIX}:reconnect`,
  description: 'Connects notebooks with their kernels again when the server is back.',
  autoStart: true,
  requires: [INexus, INotebookTracker],
  activate: (_app: JupyterFrontEnd, { model }: INexus, notebooks: INotebookTracker) => {
    notebooks.widgetAdded.connect((_, { sessionContext }) => askWhenBack(sessionContext));
    model.connection.subscribe(() => {
      if (model.connection.isUsable) {
        notebooks.forEach(({ sessionContext }) => {
          reconnect(sessionContext);
        });
      }
    });
  }
};
