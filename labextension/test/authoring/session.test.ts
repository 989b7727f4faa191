import assert from 'node:assert/strict';
import test from 'node:test';
import type { Draft } from '../../src/api/contract';
import { type AuthoredNotebook, AuthorSession } from '../../src/authoring/session';
import type { CellLike } from '../../src/lab/checks';
import type { NexusModel } from '../../src/model/model';

const DRAFT = {
  id: 'd',
  slug: 'tiny',
  folder: 'Drafts/tiny',
  title: 'Tiny',
  steps: [{ slug: 'lab', type: 'lab', title: 'Lab', path: 'Drafts/tiny/labs/lab.ipynb' }],
  outcome: null
} as unknown as Draft;

interface Listener {
  call: (sender: unknown, event: object) => void;
  that: unknown;
}

/** A site that answers as it is told, and notes what it is asked. */
function site(answers: Record<string, unknown>) {
  const asked: [string, string, unknown][] = [];
  const listeners: Listener[] = [];
  const ask = (method: string) => async (address: string, body: unknown) => {
    asked.push([method, address, body]);
    const found = answers[`${method} ${address}`];
    if (found instanceof Error) {
      throw found;
    }
    return found;
  };
  const event = {
    connect: (call: Listener['call'], that: unknown) => listeners.push({ call, that }),
    disconnect: () => listeners.splice(0)
  };
  const model = { api: { get: ask('get'), post: ask('post') }, event } as unknown as NexusModel;
  const tell = (said: object) => {
    for (const { call, that } of [...listeners]) {
      call.call(that, null, said);
    }
  };
  return { model, asked, tell };
}

function notebook(cells: CellLike[]): AuthoredNotebook & { saved: number } {
  const listeners: (() => void)[] = [];
  const changed = () => {
    for (const listener of listeners) {
      listener();
    }
  };
  return {
    saved: 0,
    path: () => 'Drafts/tiny/labs/lab.ipynb',
    cells: () => cells,
    activeIndex: () => 0,
    language: () => 'python',
    selectedLines: () => null,
    setMetadata: (index, metadata) => {
      cells[index] = { ...cells[index], metadata };
      changed();
    },
    setSource: (index, source) => {
      cells[index] = { ...cells[index], source };
      changed();
    },
    select: () => undefined,
    async save() {
      this.saved += 1;
    },
    onChange: listener => listeners.push(listener)
  };
}

const code = (source: string): CellLike => ({ cell_type: 'code', source, metadata: {} });
const settled = () => new Promise(resolve => setImmediate(resolve));

test('roles, regions, hints and points reach the notebook, and the sum and the mistakes follow', async () => {
  const { model } = site({ 'get /teaching/drafts/d': DRAFT });
  const cells = [
    code('def f():\n    return 1'),
    code('assert f() == 1'),
    { ...code('Which?'), cell_type: 'markdown' }
  ];
  const session = new AuthorSession(notebook(cells), model, 'd');
  assert.deepEqual(
    session.state.snapshot().mistakes.map(({ code: name }) => name),
    ['nothing_graded']
  );
  session.setRole(0, 'answer');
  session.insertRegion('SOLUTION');
  session.setRole(1, 'hidden');
  session.setMark(1, { points: 2.5 });
  session.setRole(2, 'singlechoice');
  session.setAuthored(0, 'hints', ['Return one.']);
  assert.match(String(cells[0].source), /### BEGIN SOLUTION\n {4}return 1/);
  assert.match(String(cells[1].source), /^### BEGIN HIDDEN TESTS/);
  assert.match(String(cells[2].source), /- \[x\] the right answer/);
  assert.deepEqual(cells[0].metadata.nexus, { hints: ['Return one.'] });
  assert.equal(session.state.snapshot().total, 3.5);
  assert.deepEqual(session.state.snapshot().mistakes, []);
  session.setRole(1, 'test');
  assert.equal(cells[1].source, 'assert f() == 1');
  session.setAuthored(0, 'hints', []);
  assert.equal('nexus' in cells[0].metadata, false);
  await settled();
  session.dispose();
});

test('a check saves, names the step, and shows what was found in this lab when it ends', async () => {
  const running = { kind: 'check', state: 'running', at: '2026-11-30T00:00:00Z' };
  const answers: Record<string, unknown> = {
    'get /teaching/drafts/d': DRAFT,
    'post /teaching/drafts/d/check': running
  };
  const { model, asked, tell } = site(answers);
  const own = notebook([code('')]);
  const session = new AuthorSession(own, model, 'd');
  await settled();
  await session.check();
  assert.equal(own.saved, 1);
  assert.deepEqual(asked.at(-1), ['post', '/teaching/drafts/d/check', { step: 'lab' }]);
  assert.equal(session.isBusy, true);
  const problem = { file: 'labs/lab.ipynb', line: 3, severity: 'error', message: 'wrong', cell: 0 };
  const problems = [problem, { ...problem, file: 'notes/x.md' }];
  answers['get /teaching/drafts/d'] = { ...DRAFT, outcome: { ...running, state: 'problems', problems } };
  tell({ type: 'draft.changed', draft_id: 'another' });
  await settled();
  assert.equal(session.isBusy, true);
  tell({ type: 'draft.changed', draft_id: 'd' });
  await settled();
  assert.equal(session.isBusy, false);
  assert.deepEqual(session.state.snapshot().problems, [problem]);
  session.dispose();
});

test('the student view is the server’s, follows each save, and says why there is none', async () => {
  const answers: Record<string, unknown> = {
    'get /teaching/drafts/d': DRAFT,
    'get /teaching/drafts/d/release': { notebook: { cells: [] }, max_score: 1 }
  };
  const { model, asked } = site(answers);
  const session = new AuthorSession(notebook([code('')]), model, 'd');
  await settled();
  await session.reloadRelease();
  assert.equal(asked.length, 1);
  await session.toggleRelease();
  assert.deepEqual(asked.at(-1), ['get', '/teaching/drafts/d/release', { path: 'labs/lab.ipynb' }]);
  assert.equal(session.state.snapshot().release?.max_score, 1);
  answers['get /teaching/drafts/d/release'] = new Error('The source cannot be graded.');
  await session.reloadRelease();
  const { release, trouble, showsRelease } = session.state.snapshot();
  assert.deepEqual([release, trouble, showsRelease], [null, 'The source cannot be graded.', true]);
  await session.toggleRelease();
  assert.equal(session.state.snapshot().showsRelease, false);
  session.dispose();
});
