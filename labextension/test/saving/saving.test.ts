import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OfflineError } from '../../src/api/errors';
import { steadyFetch } from '../../src/api/steady-fetch';
import { Connection } from '../../src/model/connection';
import { type Draft, isSameWork, typedText } from '../../src/saving/drafts';
import { Saver } from '../../src/saving/saver';

const settled = () => new Promise(resolve => setTimeout(resolve, 5));

/** A document, its drafts, and a clock that only the test moves. */
function desk(options: { mayTry?: () => boolean; others?: Promise<void> } = {}) {
  const drafts = new Map<string, Draft>();
  const timers: { run: () => void; delayMs: number }[] = [];
  const state = { text: '', dirty: false, onServer: '' };
  let finish: (() => void) | null = null;
  const document = {
    path: () => 'a/b.ipynb',
    text: () => state.text,
    typed: () => state.text,
    isDirty: () => state.dirty,
    markDirty: () => {
      state.dirty = true;
    },
    canSave: () => true,
    settled: async () => options.others,
    save: () => {
      saver.saveBegan();
      const { text } = state;
      return new Promise<void>(resolve => {
        finish = () => {
          state.onServer = text;
          state.dirty = false;
          saver.saved();
          resolve();
        };
      });
    }
  };
  const saver: Saver = new Saver(document, {
    drafts: {
      find: async (learner, path) => drafts.get(learner + path) ?? null,
      keepNow: draft => void drafts.set(draft.learner + draft.path, draft),
      keep: async draft => void drafts.set(draft.learner + draft.path, draft),
      forget: async (learner, path) => void drafts.delete(learner + path)
    },
    learner: () => 'ada',
    mayTry: options.mayTry ?? (() => true),
    now: () => 0,
    schedule: (run, delayMs) => {
      timers.push({ run, delayMs });
      return 0 as unknown as ReturnType<typeof setTimeout>;
    }
  });
  const type = (text: string) => {
    Object.assign(state, { text, dirty: true });
    saver.edited();
  };
  const tick = async (delayMs: number) => {
    timers
      .splice(0)
      .filter(timer => timer.delayMs === delayMs)
      .map(timer => timer.run());
    await settled();
  };
  return { drafts, saver, state, tick, type, finish: () => finish?.() };
}

test('an edit is a draft at once, and saved after a pause; then there is no draft', async () => {
  const { drafts, state, tick, type, finish } = desk();
  type('x = 1');
  await tick(300);
  assert.equal(drafts.get('adaa/b.ipynb')?.text, 'x = 1');
  type('x = 12');
  await tick(2000);
  finish();
  await settled();
  assert.equal(state.onServer, 'x = 12');
  assert.equal(drafts.size, 0);
});

test('what is typed while a save is on its way is not taken for saved', async () => {
  const { saver, state, type, finish } = desk();
  type('one');
  const saving = saver.save();
  await settled();
  type('one two');
  finish();
  await settled();
  assert.equal(state.dirty, true, 'there is more to save');
  finish();
  assert.equal(await saving, true);
  assert.equal(state.onServer, 'one two');
});

test('nothing is tried while the server is away; the draft stays', async () => {
  const { drafts, saver, type } = desk({ mayTry: () => false });
  type('typed on a train');
  await saver.keepDraft();
  assert.equal(await saver.save(), false);
  assert.equal(drafts.size, 1);
});

test('a save that somebody else began is waited for, although there is nothing more to save', async () => {
  let end: () => void = () => undefined;
  const others = new Promise<void>(resolve => {
    end = resolve;
  });
  const { saver } = desk({ others });
  let isOver = false;
  const saving = saver.save().then(() => {
    isOver = true;
  });
  await settled();
  assert.equal(isOver, false);
  end();
  await saving;
});

test('a conflict ends the saving until a person has decided', async () => {
  const { saver, type } = desk();
  type('mine');
  saver.set({ conflict: true });
  assert.equal(await saver.save(), false);
});

test('a document that was only opened makes no draft, and one that is offered is not replaced', async () => {
  const { drafts, saver, type } = desk();
  saver.opened();
  type('');
  await saver.keepDraft();
  assert.equal(drafts.size, 0, 'nothing was typed');
  saver.set({ offered: true });
  type('new');
  await saver.keepDraft();
  assert.equal(drafts.size, 0, 'the older one waits');
  saver.set({ offered: false });
  await saver.keepDraft();
  assert.equal(drafts.size, 1);
});

test('two versions of a notebook are the same work when their cells are', () => {
  const book = (source: string, outputs: object[]) =>
    JSON.stringify({ cells: [{ cell_type: 'code', source, outputs }], metadata: { a: outputs.length } });
  assert.equal(isSameWork(book('x', []), book('x', [{}])), true);
  assert.equal(isSameWork(book('x', []), book('y', [])), false);
  assert.equal(isSameWork('plain', 'plain text'), false);
  assert.equal(typedText(book('x = 1', [])), '[code]\nx = 1');
});

/** A server that fails as often as asked, then answers. */
function failing(times: number, status = 200) {
  const asked: string[] = [];
  const send = (async (request: Request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    if (asked.length <= times) {
      throw new TypeError('Failed to fetch');
    }
    return new Response('{}', { status });
  }) as unknown as typeof fetch;
  return { asked, send };
}

test('reading and saving wait for the server; the rest fails with a sentence', async () => {
  const connection = new Connection({ schedule: () => undefined });
  const { asked, send } = failing(2);
  const steady = steadyFetch({ connection, fetch: send });
  const saving = steady('http://host/api/contents/a.ipynb', { method: 'PUT', body: '{}' });
  await settled();
  assert.equal(connection.snapshot().online, false);
  await assert.rejects(steady('http://host/api/kernels', { method: 'POST' }), OfflineError);
  connection.reached();
  assert.equal((await saving).status, 200);
  assert.deepEqual(asked.filter(one => one.startsWith('PUT')).length, 2);
});

test('a request is refused for good only with a login that holds', async () => {
  const connection = new Connection({ schedule: () => undefined });
  const { asked, send } = failing(0, 403);
  const forbidden = steadyFetch({ connection, fetch: send, refresh: async () => true });
  assert.equal((await forbidden('http://host/api/contents/a')).status, 403);
  assert.equal(asked.length, 2);

  const out = steadyFetch({
    connection,
    fetch: send,
    refresh: async () => {
      connection.ended();
      return false;
    }
  });
  let answered = false;
  const waiting = out('http://host/api/contents/a').then(() => {
    answered = true;
  });
  await settled();
  assert.equal(answered, false, 'it waits for the next login');
  connection.renewed();
  await waiting;
});

test('the server is asked for a sign of life until it gives one', async () => {
  const later: (() => void)[] = [];
  const replies = [false, true];
  const connection = new Connection({
    probe: async () => replies.shift() ?? false,
    schedule: run => later.push(run)
  });
  connection.lost();
  later.shift()?.();
  await settled();
  assert.equal(connection.snapshot().online, false);
  later.shift()?.();
  await settled();
  assert.equal(connection.snapshot().online, true);
  assert.equal(later.length, 0);
});

test('who logs out on purpose is not asked to log in again', () => {
  const connection = new Connection();
  connection.leave(true);
  connection.ended();
  assert.equal(connection.snapshot().signedIn, true);
});
