import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Contents, ServerConnection, type Session } from '@jupyterlab/services';
import { labServices } from '../../src/learn/lab-services';

// JupyterLab looks again after seconds; nobody here waits for that
const { setTimeout: later } = globalThis;
globalThis.setTimeout = ((run: () => void, milliseconds = 0) => {
  const timer = later(run, milliseconds);
  return milliseconds < 1_000 ? timer : timer.unref();
}) as unknown as typeof setTimeout;

const MODEL: Session.IModel = {
  id: 's1',
  path: 'a/b.ipynb',
  name: 'b.ipynb',
  type: 'notebook',
  kernel: { id: 'k1', name: 'nexus-python' }
};

const SPEC = {
  name: 'nexus-python',
  spec: { language: 'python', argv: [], display_name: 'Python', env: {} },
  resources: {}
};

/** A socket that never connects. */
class Socket {
  binaryType = '';
  protocol = '';
  close(): void {
    // nothing was opened
  }
}

function services() {
  const asked: string[] = [];
  const replies: Record<string, unknown> = {
    '/api/kernelspecs': { default: 'nexus-python', kernelspecs: { 'nexus-python': SPEC } },
    '/api/sessions': [MODEL],
    '/api/kernels': [MODEL.kernel]
  };
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost/',
    WebSocket: Socket as unknown as typeof WebSocket,
    fetch: async input => {
      const { method, url } = input as Request;
      const { pathname } = new URL(url);
      asked.push(`${method} ${pathname}`);
      return Response.json(replies[pathname] ?? { message: 'There is no such thing.' }, {
        status: pathname in replies ? 200 : 404
      });
    }
  });
  return { asked, made: labServices(serverSettings) };
}

/** What JupyterLab's timer does every ten seconds. */
function regularLook(manager: unknown): Promise<void> {
  return (manager as { requestRunning: () => Promise<void> }).requestRunning();
}

async function end({ sessions, kernels, kernelspecs }: ReturnType<typeof labServices>): Promise<void> {
  await settled();
  for (const manager of [sessions, kernels, kernelspecs]) {
    manager.dispose();
  }
}

/** Wait until every promise and immediate at hand has settled. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise(resolve => setImmediate(resolve));
  }
}

test('a session that was asked for is waited for, and found without looking for it', async () => {
  const { asked, made } = services();
  let answer: (model: Session.IModel) => void = () => undefined;
  made.sessions.expect(new Promise(resolve => (answer = resolve)));
  let isFound = false;
  const looked = made.sessions.refreshRunning().then(() => (isFound = true));
  await settled();
  assert.equal(isFound, false);
  answer(MODEL);
  await looked;
  assert.deepEqual([...made.sessions.running()], [MODEL]);
  assert.deepEqual(asked, ['GET /api/kernelspecs']);
  await end(made);
});

test('connecting asks for nothing, and what is connected is looked after at the next regular look', async () => {
  const { asked, made } = services();
  await settled(); // the first look of all is over before a session is told of
  made.sessions.expect(Promise.resolve(MODEL));
  await made.sessions.refreshRunning();
  const connection = made.sessions.connectTo({ model: MODEL });
  await settled();
  assert.deepEqual(asked, ['GET /api/kernelspecs']);
  for (const manager of [made.sessions, made.kernels]) {
    await regularLook(manager);
  }
  assert.equal(connection.isDisposed, false);
  assert.deepEqual(asked.toSorted(), ['GET /api/kernels', 'GET /api/kernelspecs', 'GET /api/sessions']);
  await end(made);
});

test('without a session that was told of, the list is read', async () => {
  const { asked, made } = services();
  made.sessions.expect(Promise.resolve(null));
  await made.sessions.refreshRunning();
  assert.deepEqual([...made.sessions.running()], [MODEL]);
  assert.equal(asked.includes('GET /api/sessions'), true);
  await end(made);
});

test('a session that nobody took stands in nobody else’s way', async () => {
  const { made } = services();
  made.sessions.expect(Promise.resolve({ ...MODEL, path: 'left.ipynb' }));
  await settled();
  made.sessions.forget('left.ipynb');
  await made.sessions.refreshRunning();
  assert.deepEqual([...made.sessions.running()], [MODEL]);
  await end(made);
});

test('a notebook that was asked for is given once', async () => {
  const { asked, made } = services();
  const file = { path: MODEL.path, content: {} } as Contents.IModel;
  made.drive.tell(file);
  assert.equal((await made.contents.get(MODEL.path, { content: true })).content, file.content);
  await assert.rejects(made.contents.get(MODEL.path, { content: true }));
  assert.equal(asked.filter(one => one.includes('/api/contents/')).length, 1);
  await end(made);
});

test('copies for going back to wait until more urgent things were asked', async () => {
  const { asked, made } = services();
  let done: () => void = () => undefined;
  made.drive.putFirst(new Promise<void>(resolve => (done = resolve)));
  const looked = assert.rejects(made.contents.listCheckpoints(MODEL.path)); // there are none here
  await settled();
  assert.deepEqual(asked, ['GET /api/kernelspecs']);
  done();
  await looked;
  assert.equal(asked.at(-1), 'GET /api/contents/a/b.ipynb/checkpoints');
  await end(made);
});

test('what could not be done holds no copy back', async () => {
  const { asked, made } = services();
  made.drive.putFirst(Promise.reject(new Error('The kernel does not start.')));
  await assert.rejects(made.contents.listCheckpoints(MODEL.path));
  assert.equal(asked.at(-1), 'GET /api/contents/a/b.ipynb/checkpoints');
  await end(made);
});

test('the languages are asked for once, whoever wants to know', async () => {
  const { asked, made } = services();
  await made.kernelspecs.ready;
  await made.kernels.connectTo({ model: { id: 'k1', name: 'nexus-python' } }).spec;
  await settled();
  assert.equal(asked.filter(one => one === 'GET /api/kernelspecs').length, 1);
  await end(made);
});
