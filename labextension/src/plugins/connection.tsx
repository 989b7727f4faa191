import {
  type IConnectionLost as ConnectionLost,
  IConnectionLost,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import { loginUrl } from '../api/routes';
import { SessionOverlay } from '../components/SessionOverlay';
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
    const reconnect = () =>
      notebooks.forEach(({ sessionContext }) => {
        const kernel = sessionContext.session?.kernel;
        if (kernel && kernel.status !== 'dead' && kernel.connectionStatus === 'disconnected') {
          kernel.reconnect().catch(() => undefined); // the banner above the notebook goes on trying
        }
      });
    model.connection.subscribe(() => model.connection.isUsable && reconnect());
  }
};

/**
 * Ask a kernel whether it is idle each time that its connection is back.
 *
 * JupyterLab asks for the kernel's info on connecting, and ignores what a kernel says about its state meanwhile: the
 * notebook would show "Unknown" until the next cell runs. The answer to any other question counts.
 */
function askWhenBack(context: ISessionContext): void {
  context.connectionStatusChanged.connect((_, status) => {
    const kernel = context.session?.kernel;
    if (status === 'connected' && kernel?.status === 'unknown') {
      kernel.requestIsComplete({ code: '' }).catch(() => undefined);
    }
  });
}
