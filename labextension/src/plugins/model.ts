import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { NexusHandler } from '../handler';
import { keepAlive } from '../keepalive';
import { NexusModel } from '../model';
import { INexusModel, PLUGIN_PREFIX } from '../tokens';

/** Provides the model and connects it to the server. */
export const modelPlugin: JupyterFrontEndPlugin<INexusModel> = {
  id: `${PLUGIN_PREFIX}:model`,
  description: 'The learner’s profile, roadmaps and progress, kept fresh by the event socket.',
  autoStart: true,
  provides: INexusModel,
  activate: (_app: JupyterFrontEnd): INexusModel => {
    const baseUrl = PageConfig.getBaseUrl();
    const handler = new NexusHandler({
      baseUrl,
      onSignedOut: () => {
        const here = encodeURIComponent(window.location.pathname + window.location.search);
        window.location.assign(`${baseUrl}nexus/login?next=${here}`);
      }
    });
    const model = new NexusModel(handler);
    model.start();
    const renew = keepAlive({ refresh: () => handler.refresh() });
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) {
        renew();
      }
    });
    return model;
  }
};
