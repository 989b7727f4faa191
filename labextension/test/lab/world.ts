import type { TranslationBundle } from '@jupyterlab/translation';
import { NexusHandler } from '../../src/api/handler';
import type { CellLike } from '../../src/lab/checks';
import type { SocketLike } from '../../src/model/events';
import { NexusModel } from '../../src/model/model';

type Route = (body: unknown) => unknown;

/** A model whose server is a table of routes, and whose event socket is in the test's hand. */
export function world(routes: Record<string, Route>) {
  const calls: string[] = [];
  const fetch = (async (url: string, init: RequestInit) => {
    const key = `${init.method} ${url.replace('http://host/nexus/api/v1', '')}`;
    calls.push(key);
    const route = routes[key];
    if (!route) {
      const error = { error: { code: 'not_found', message: `no ${key}`, details: {} } };
      return new Response(JSON.stringify(error), { status: 404 });
    }
    return new Response(JSON.stringify(route(init.body ? JSON.parse(String(init.body)) : null)));
  }) as unknown as typeof globalThis.fetch;
  const socket: SocketLike = { onopen: null, onclose: null, onmessage: null, close: () => undefined };
  const api = new NexusHandler({ baseUrl: 'http://host/', fetch, cookies: () => '' });
  const model = new NexusModel(api, () => socket);
  model.stream.open();
  socket.onopen?.({} as Event);
  const tell = (event: object) => socket.onmessage?.({ data: JSON.stringify(event) } as MessageEvent);
  return { calls, model, tell };
}

export const failing: CellLike = {
  cell_type: 'code',
  source: 'f(',
  metadata: {},
  outputs: [{ output_type: 'error', ename: 'SyntaxError', evalue: 'never closed', traceback: ['a', 'b'] }]
};

export function notebook(cells: CellLike[], path = 'first/lab/lab.ipynb') {
  const saved: number[] = [];
  const reloaded: number[] = [];
  const ran: (() => void)[] = [];
  return {
    saved,
    reloaded,
    path: () => path,
    json: () => ({ cells, nbformat: 4 }),
    onRun: (listener: () => void) => void ran.push(listener),
    ran,
    reload: async () => void reloaded.push(1),
    cells: () => cells,
    activeIndex: () => 0,
    runAll: async (progress: (done: number, total: number) => void) => {
      progress(1, cells.length);
      return new Set(cells.keys());
    },
    save: async () => void saved.push(1)
  };
}

/** Words as they stand in the code, with their arguments. */
export const trans = {
  __: (text: string, ...parts: unknown[]) =>
    parts.reduce<string>((all, part, at) => all.replace(`%${at + 1}`, String(part)), text)
} as unknown as TranslationBundle;

export const settled = () => new Promise(resolve => setTimeout(resolve, 5));
export const submission = (status: string, more: object = {}) => ({
  id: 's1',
  status,
  attempt: 1,
  score: null,
  max_score: null,
  cells: [],
  queue_position: 2,
  received_at: '2026-11-22T08:00:00Z',
  ...more
});
