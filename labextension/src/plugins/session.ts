import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { IServerSettings, type ServerConnection as Server, ServerConnection } from '@jupyterlab/services';
import { steadyFetch } from '../api/steady-fetch';
import { openSession } from '../model/session';
import { ISession, PLUGIN_PREFIX } from '../tokens';

/** Provides what knows whether the server is there and the login holds, and the one way to ask the API. */
export const sessionPlugin: JupyterFrontEndPlugin<ISession> = {
  id: `${PLUGIN_PREFIX}:session`,
  description: 'The connection to the server and the login, and the client of the API.',
  autoStart: true,
  provides: ISession,
  activate: (_app: JupyterFrontEnd): ISession => openSession(PageConfig.getBaseUrl())
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
