import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NexusHandler } from '../../src/api/handler';
import type { JupyterApi } from '../../src/learn/jupyter-api';
import { LabStarts } from '../../src/learn/lab-starts';

const AT_ONCE = async () => undefined;

function starts(isOpen = true, load: () => Promise<unknown> = AT_ONCE, now = () => 0, putAway = AT_ONCE) {
  const asked: string[] = [];
  const api = {
    post: async (path: string, body: { start_kernel: boolean }) => {
      asked.push(body.start_kernel ? `${path} with its kernel` : path);
      if (!isOpen) {
        throw new Error('Locked.');
      }
      return { status: 'in_progress', path: 'a/b/b.ipynb', kernel_name: 'nexus-python' };
    }
  } as unknown as NexusHandler;
  const jupyter = {
    post: async (path: string, body: { path: string; kernel: { name: string } }) => {
      asked.push(`${path} ${body.path} ${body.kernel.name}`);
      return { id: 's1', path: body.path };
    },
    get: async (path: string) => {
      asked.push(path);
      return { path: 'a/b/b.ipynb', content: {} };
    }
  } as unknown as JupyterApi;
  const loadPage = () => {
    asked.push('page');
    return load();
  };
  return { asked, starts: new LabStarts(api, jupyter, loadPage, putAway, now) };
}

const NOTEBOOK = 'api/contents/a/b/b.ipynb?type=notebook&content=1&hash=1';

test('a lab that is begun early is opened once, and its kernel and notebook are asked for beside its page', async () => {
  const { asked, starts: labs } = starts();
  labs.begin('7');
  const { path, session, notebook } = await labs.take('7');
  assert.equal(path, 'a/b/b.ipynb');
  assert.equal((await session)?.id, 's1');
  assert.equal((await notebook)?.path, path);
  assert.deepEqual(asked.toSorted(), [
    '/nodes/7/open with its kernel',
    NOTEBOOK,
    'api/sessions a/b/b.ipynb nexus-python',
    'page'
  ]);
});

test('neither kernel nor notebook waits for the code of the page', async () => {
  const { asked, starts: labs } = starts(true, () => new Promise(() => undefined));
  labs.begin('7');
  const { session, notebook } = await labs.take('7');
  await Promise.all([session, notebook]);
  assert.equal(asked.includes(NOTEBOOK), true);
});

test('a notebook that was asked for long ago is asked for again', async () => {
  let now = 0;
  const { starts: labs } = starts(true, undefined, () => now);
  labs.begin('7');
  now = 60_000;
  assert.equal(await (await labs.take('7')).notebook, null);
});

test('a lab that was just left is read when its save is there', async () => {
  let saved: () => void = () => undefined;
  const saving = new Promise<undefined>(resolve => {
    saved = () => resolve(undefined);
  });
  const { asked, starts: labs } = starts(
    true,
    AT_ONCE,
    () => 0,
    () => saving
  );
  const taken = labs.take('7');
  await new Promise(resolve => setImmediate(resolve));
  assert.deepEqual(asked, ['/nodes/7/open with its kernel']);
  saved();
  assert.equal((await (await taken).notebook)?.path, 'a/b/b.ipynb');
});

test('another visit opens it again', async () => {
  const { asked, starts: labs } = starts();
  await labs.take('7');
  await labs.take('7');
  assert.equal(asked.filter(one => one.startsWith('/nodes/7/open')).length, 2);
});

test('a lab that may not be opened says why when its page asks, and may be tried again', async () => {
  const { asked, starts: labs } = starts(false);
  labs.begin('7');
  await assert.rejects(labs.take('7'), /Locked/);
  await assert.rejects(labs.take('7'), /Locked/);
  assert.equal(asked.filter(one => one.startsWith('/nodes/7/open')).length, 2);
});
