/** The connection to the server and the login, kept alive while the page is open, and the one way to ask the API. */

import { NexusHandler } from '../api/handler';
import { apiUrl, routes } from '../api/routes';
import { steadyFetch } from '../api/steady-fetch';
import { Connection } from './connection';
import { keepAlive } from './keep-alive';

export interface Session {
  connection: Connection;
  api: NexusHandler;
}

export function openSession(baseUrl: string): Session {
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
