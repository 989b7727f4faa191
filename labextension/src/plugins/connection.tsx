import {
  type IConnectionLost as ConnectionLost,
  IConnectionLost,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { Widget } from '@lumino/widgets';
import { SessionOverlay } from '../components/SessionOverlay';
import { INexus, PLUGIN_PREFIX } from '../tokens';
import { NexusWidget } from '../widget';

/** milliseconds after the server is back; kernels have connected again by then */
const STATUS_AFTER_MS = 5_000;

/** A server that does not answer and a login that ended are said over the page; both end by themselves. */
export const connectionPlugin: JupyterFrontEndPlugin<ConnectionLost> = {
  id: `${PLUGIN_PREFIX}:connection`,
  description: 'Says that the server does not answer or that the login ended, and takes it back afterwards.',
  autoStart: true,
  provides: IConnectionLost,
  requires: [INexus],
  activate: (_app: JupyterFrontEnd, nexus: INexus): ConnectionLost => {
    const here = encodeURIComponent(window.location.pathname + window.location.search);
    const loginPage = `${PageConfig.getBaseUrl()}nexus/login?next=${here}`;
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
    const reconnect = () =>
      notebooks.forEach(({ sessionContext }) => {
        const kernel = sessionContext.session?.kernel;
        if (kernel && kernel.status !== 'dead' && kernel.connectionStatus === 'disconnected') {
          kernel.reconnect().catch(() => undefined); // the banner above the notebook goes on trying
        }
        setTimeout(() => void askForStatus(sessionContext.session?.kernel ?? null), STATUS_AFTER_MS);
      });
    model.connection.subscribe(() => model.connection.isUsable && reconnect());
  }
};

/** What a kernel says on connecting may come before the server passes it on: then nobody knows how it is. */
async function askForStatus(kernel: Kernel.IKernelConnection | null): Promise<void> {
  if (
    kernel &&
    !kernel.isDisposed &&
    kernel.connectionStatus === 'connected' &&
    kernel.status === 'unknown'
  ) {
    await kernel.requestKernelInfo().catch(() => undefined);
  }
}
