import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { IServerSettings, type ServerConnection as Server, ServerConnection } from '@jupyterlab/services';
import { NexusHandler } from '../api/handler';
import { apiUrl, routes } from '../api/routes';
import { steadyFetch } from '../api/steady-fetch';
import { Connection } from '../model/connection';
import { keepAlive } from '../model/keep-alive';
import { ISession, PLUGIN_PREFIX } from '../tokens';

/** Provides what knows whether the server is there and the login holds, and the one way to ask the API. */
export const sessionPlugin: JupyterFrontEndPlugin<ISession> = {
  id: `${PLUGIN_PREFIX}:session`,
  description: 'The connection to the server and the login, and the client of the API.',
  autoStart: true,
  provides: ISession,
  activate: (_app: JupyterFrontEnd): ISession => {
    const baseUrl = PageConfig.getBaseUrl();
    const alive = apiUrl(baseUrl, routes.alive);
    const connection = new Connection({
      probe: () => fetch(alive, { cache: 'no-store' }).then(({ ok }) => ok)
    });
    const api = new NexusHandler({
      baseUrl,
      fetch: steadyFetch({ connection }),
      onSignedOut: () => connection.ended(),
      signedInAgain: () => connection.usable()
    });
    window.addEventListener('offline', () => connection.lost());
    window.addEventListener('online', () => void connection.ask());
    const renew = keepAlive({ refresh: () => api.refresh() });
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) {
        renew();
      }
    });
    return { connection, api };
  }
};

/** Jupyter's own requests wait, renew the login and speak to people in the same way. */
export const serverSettingsPlugin: JupyterFrontEndPlugin<Server.ISettings> = {
  id: `${PLUGIN_PREFIX}:server-settings`,
  description: 'Makes Jupyter’s requests wait while the server is away or the login has ended.',
  autoStart: true,
  provides: IServerSettings,
  requires: [ISession],
  activate: (_app: unknown, { connection, api }: ISession): Server.ISettings =>
    ServerConnection.makeSettings({
      fetch: steadyFetch({ connection, refresh: () => api.refresh() })
    })
};
