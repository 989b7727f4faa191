/**
 * A `fetch` that waits instead of failing where waiting is right: what can be asked twice is held while the server is
 * away or the login has ended, and goes on by itself. Everything else fails at once, with a sentence for a person.
 */

import type { Connection } from '../model/connection';
import { OfflineError } from './errors';
import { isContentsUrl } from './routes';

export interface SteadyFetchOptions {
  connection: Connection;
  fetch?: typeof fetch;
  /** trade the refresh cookie for a new login; without it a refused request is just handed back */
  refresh?: () => Promise<boolean>;
}

export function steadyFetch(options: SteadyFetchOptions): typeof fetch {
  const { connection, refresh } = options;
  const send = options.fetch ?? ((input: RequestInfo | URL, init?: RequestInit) => fetch(input, init));
  return async (input, init) => {
    const request = new Request(input, init);
    const response = await reach(send, request, connection);
    if (!refresh || !isRefused(response)) {
      return response;
    }
    // A login that ran out is renewed; whoever is refused with a new one may really not do it.
    const renewed = await refresh().catch(() => false);
    if (!renewed && (connection.isUsable || !mayBeAskedTwice(request))) {
      return response;
    }
    return reach(send, request, connection);
  };
}

/** The server's answer; without a server, what can be asked twice waits for one, and the rest fails. */
async function reach(send: typeof fetch, request: Request, connection: Connection): Promise<Response> {
  const waits = mayBeAskedTwice(request);
  for (;;) {
    if (waits) {
      await connection.usable();
    }
    const response = await attempt(send, request, connection);
    if (response !== null) {
      return response;
    }
    if (!waits) {
      throw new OfflineError();
    }
  }
}

/** One try: the answer, or null when the server was not there. */
async function attempt(
  send: typeof fetch,
  request: Request,
  connection: Connection
): Promise<Response | null> {
  try {
    const response = await send(request.clone());
    connection.reached();
    return response;
  } catch (error) {
    if (request.signal.aborted) {
      throw error;
    }
    connection.lost();
    return null;
  }
}

function isRefused({ status }: Response): boolean {
  return status === 401 || status === 403;
}

/** Reading changes nothing, and a file that is saved twice is saved. */
function mayBeAskedTwice({ method, url }: Request): boolean {
  return method === 'GET' || method === 'HEAD' || (method === 'PUT' && isContentsUrl(url));
}
