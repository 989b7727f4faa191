/** What the gallery's components stand on: a model whose server is a file of replies, and an application that does nothing. */

import { NexusHandler } from '../api/handler';
import { API_PREFIX } from '../api/operations';
import type { Nexus } from '../components/context';
import type { Host } from '../host';
import { lazyRendering } from '../learn/rendering';
import type { SocketLike } from '../model/events';
import { NexusModel } from '../model/model';
import { readersWords } from '../words';
import replies from './replies.json';

const BASE_URL = 'http://gallery/';
const kept: Record<string, unknown> = replies;

/** What the server would say: the reply that is kept for an address, or that there is none. */
function answer(address: string): Response {
  const path = address.slice(BASE_URL.length + API_PREFIX.length);
  const [plain] = path.split('?');
  const found = kept[path] ?? kept[plain];
  if (found === undefined) {
    const error = { code: 'not_found', message: `The gallery has no reply for ${path}.`, details: {} };
    return new Response(JSON.stringify({ error }), { status: 404 });
  }
  return new Response(JSON.stringify(found));
}

const silent: SocketLike = { onopen: null, onclose: null, onmessage: null, close: () => undefined };

const host: Host = {
  open: async () => undefined,
  tell: () => undefined,
  confirm: async () => false,
  ask: async () => null,
  signOut: async () => undefined,
  theme: { isDark: () => document.documentElement.dataset.nxTheme === 'dark', choose: async () => undefined },
  other: { name: 'JupyterLab', address: '#' }
};

export function stage(): Nexus {
  const fetch = async (input: RequestInfo | URL) => answer(String(input));
  const api = new NexusHandler({ baseUrl: BASE_URL, fetch, cookies: () => '' });
  const model = new NexusModel(api, () => silent);
  return { model, trans: readersWords(), host, ...lazyRendering() };
}
