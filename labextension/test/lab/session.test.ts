import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { HintRequest } from '../../src/api/contract';
import { NexusHandler } from '../../src/api/handler';
import type { Host, News } from '../../src/host';
import { type CellLike, gradeIdOf, taskAt } from '../../src/lab/checks';
import { LabSession } from '../../src/lab/session';
import { isOpen } from '../../src/lab/state';
import { submitLab } from '../../src/lab/submitting';
import type { SocketLike } from '../../src/model/events';
import { NexusModel } from '../../src/model/model';

type Route = (body: unknown) => unknown;

/** A model whose server is a table of routes, and whose event socket is in the test's hand. */
function world(routes: Record<string, Route>) {
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

const failing: CellLike = {
  cell_type: 'code',
  source: 'f(',
  metadata: {},
  outputs: [{ output_type: 'error', ename: 'SyntaxError', evalue: 'never closed', traceback: ['a', 'b'] }]
};

function notebook(cells: CellLike[], path = 'first/lab/lab.ipynb') {
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
const trans = {
  __: (text: string, ...parts: unknown[]) =>
    parts.reduce<string>((all, part, at) => all.replace(`%${at + 1}`, String(part)), text)
} as unknown as TranslationBundle;

const settled = () => new Promise(resolve => setTimeout(resolve, 5));
const submission = (status: string, more: object = {}) => ({
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

test('submit saves first, follows the queue by events, and ends with the grade', async () => {
  let state = submission('queued');
  const history: object[] = [];
  const { calls, model, tell } = world({
    'GET /nodes/n1/submissions': () => ({ items: history, next: null }),
    'POST /nodes/n1/submissions': () => {
      history.push(state);
      return { id: 's1', queue_position: 2 };
    },
    'GET /submissions/s1': () => state
  });
  const book = notebook([]);
  const session = new LabSession('n1', model, book);
  await settled();
  await session.submit();
  assert.equal(book.saved.length, 1);
  assert.equal(isOpen(session.snapshot().submission), true);

  await session.submit();
  assert.equal(
    calls.filter(call => call === 'POST /nodes/n1/submissions').length,
    1,
    'sent once while it is open'
  );

  tell({ type: 'queue.position', submission_id: 's1', node_id: 'n1', position: 1 });
  assert.equal(session.snapshot().submission?.queue_position, 1);

  state = submission('graded', { score: 8, max_score: 8 });
  tell({ type: 'grading.progress', submission_id: 's1', status: 'graded' });
  await settled();
  assert.equal(session.snapshot().submission?.score, 8);
  assert.equal(session.history.data?.length, 1);
  session.dispose();
});

test('a copy is handed in as it was at the click, also when its page is left before it is saved', async () => {
  const sent: unknown[] = [];
  const { model } = world({
    'GET /nodes/n1': () => ({ id: 'n1', roadmap_slug: 'first', slug: 'lab', title: 'Lab' }),
    'GET /nodes/n1/submissions': () => ({ items: [], next: null }),
    'POST /nodes/n1/submissions': body => {
      sent.push(body);
      return { id: 's1', queue_position: 1 };
    },
    'GET /submissions/s1': () => submission('queued')
  });
  let cells = [failing];
  let saved: () => void = () => undefined;
  const copy = {
    ...notebook([], 'first/lab/copy.ipynb'),
    json: () => ({ cells }),
    save: () =>
      new Promise<void>(resolve => {
        saved = resolve;
      })
  };
  const session = new LabSession('n1', model, copy);
  await settled();
  const submitting = session.submit();
  await settled();
  session.dispose();
  cells = [];
  saved();
  await submitting;
  assert.deepEqual(sent, [{ notebook: { cells: [failing] } }]);
});

test('what waits for the server when its page is left is not handed in, and that is told', async () => {
  const { calls, model } = world({ 'GET /nodes/n1/submissions': () => ({ items: [], next: null }) });
  const session = new LabSession('n1', model, notebook([]));
  await settled();
  model.connection.ended();
  const told: News[] = [];
  const host = { tell: (news: News) => void told.push(news) } as unknown as Host;
  const submitting = submitLab(session, host, trans);
  await settled();
  assert.equal(session.snapshot().held, true);
  session.dispose();
  model.connection.renewed();
  await submitting;
  assert.equal(calls.includes('POST /nodes/n1/submissions'), false);
  assert.match(told[0].text, /was not handed in/);
});

test('events of other submissions change nothing', async () => {
  const { calls, model, tell } = world({
    'GET /nodes/n1/submissions': () => ({ items: [submission('graded')], next: null }),
    'GET /submissions/s1': () => submission('graded', { score: 1, max_score: 2 })
  });
  const session = new LabSession('n1', model, notebook([]));
  await settled();
  const before = calls.length;
  tell({ type: 'grading.progress', submission_id: 'other', status: 'running' });
  await settled();
  assert.equal(calls.length, before);
  assert.equal(session.snapshot().submission?.score, 1, 'the last grade is shown when a lab is opened again');
  session.dispose();
});

test('a refused submission says why and can be tried again', async () => {
  const { model } = world({ 'GET /nodes/n1/submissions': () => ({ items: [], next: null }) });
  const session = new LabSession('n1', model, notebook([]));
  await session.submit();
  assert.match(session.snapshot().problem ?? '', /no POST/);
  assert.equal(session.snapshot().sending, false);
  session.dispose();
});

test('a hint takes the error from the failing cell, and more help asks one level up', async () => {
  const asked: HintRequest[] = [];
  const { model } = world({
    'GET /nodes/n1/submissions': () => ({ items: [], next: null }),
    'POST /hints': body => {
      const request = body as HintRequest;
      asked.push(request);
      const level = request.level ?? 1;
      return {
        id: `h${level}`,
        level,
        max_level: 3,
        text: 'Look at the brackets.',
        concept: 'Syntax',
        remaining_today: 9
      };
    },
    'POST /hints/h2/rating': () => null
  });
  const session = new LabSession('n1', model, notebook([failing]));
  await session.hints.ask();
  assert.deepEqual(asked[0], {
    node_id: 'n1',
    cell_source: 'f(',
    error: { ename: 'SyntaxError', evalue: 'never closed', traceback: ['a', 'b'] },
    other_cells: [],
    level: 1
  });
  await session.hints.ask();
  assert.equal(asked.length, 1, 'the same error is not asked about twice');
  await session.hints.askForMore(session.snapshot().hints[0]);
  assert.equal(asked[1].level, 2);
  assert.deepEqual(
    session.snapshot().hints.map(({ level }) => level),
    [1, 2]
  );
  await session.hints.rate(session.snapshot().hints[1], true);
  assert.equal(session.snapshot().hints[1].rated, true);
  session.dispose();
});

test('without an error a hint tells how to begin the task at hand, and stays when cells run', async () => {
  const asked: HintRequest[] = [];
  const { model } = world({
    'GET /nodes/n1/submissions': () => ({ items: [], next: null }),
    'POST /hints': body => {
      asked.push(body as HintRequest);
      return { id: 'h1', level: 1, max_level: 4, text: 'Add up first.', concept: '', remaining_today: 9 };
    }
  });
  const mark = (grade_id: string, solution: boolean) => ({
    nbgrader: { grade_id, solution, grade: !solution }
  });
  const book = notebook([
    { cell_type: 'markdown', source: 'Write `mean`.', metadata: {} },
    { cell_type: 'code', source: 'def mean(): ...', metadata: mark('mean', true), outputs: [] },
    { cell_type: 'code', source: 'assert mean()', metadata: mark('test-mean', false), outputs: [] }
  ]);
  const session = new LabSession('n1', model, book);
  await session.hints.ask();
  assert.deepEqual(asked, [{ node_id: 'n1', cell_source: 'def mean(): ...', task: 'mean', level: 1 }]);
  assert.equal(session.snapshot().problem, null);
  assert.equal(session.hints.hintedCell(), 1);
  book.ran[0]();
  assert.equal(session.snapshot().hints.length, 1);
  session.dispose();
});

test('the task at hand is the answer above a test, or the next one', () => {
  const cell = (grade_id: string, solution: boolean): CellLike => ({
    cell_type: 'code',
    source: '',
    metadata: grade_id ? { nbgrader: { grade_id, solution, grade: !solution } } : {}
  });
  const cells = [cell('', false), cell('a', true), cell('test-a', false), cell('', false), cell('b', true)];
  const ids = [0, 1, 2, 3, 4, 9].map(index => gradeIdOf(taskAt(cells, index) as CellLike));
  assert.deepEqual(ids, ['a', 'a', 'a', 'b', 'b', 'b']);
  assert.equal(taskAt([cell('', false)], 0), null);
});

test('check runs everything and sums up the tests', async () => {
  const mark = { nbgrader: { grade: true, solution: false, grade_id: 'test-f', points: 2 } };
  const { model } = world({ 'GET /nodes/n1/submissions': () => ({ items: [], next: null }) });
  const session = new LabSession('n1', model, notebook([{ ...failing, metadata: mark, outputs: [] }]));
  await session.check();
  assert.deepEqual(
    session.snapshot().checks?.map(({ title, status }) => [title, status]),
    [['f', 'passed']]
  );
  assert.equal(session.snapshot().checking, null);
  session.dispose();
});

const lab = { id: 'n1', slug: 'lab', roadmap_slug: 'first', title: 'Lab', status: 'in_progress', lab: {} };
const road = (status: string) => ({
  slug: 'first',
  nodes: [
    { id: 'n1', slug: 'lab', title: 'Lab', type: 'lab', status: 'in_progress' },
    { id: 'n2', slug: 'next', title: 'Next', type: 'note', status }
  ]
});

test('a grade tells what it unlocked', async () => {
  let [state, next] = [submission('queued'), 'locked'];
  const { model, tell } = world({
    'GET /nodes/n1': () => lab,
    'GET /roadmaps/first': () => road(next),
    'GET /nodes/n1/submissions': () => ({ items: [], next: null }),
    'POST /nodes/n1/submissions': () => ({ id: 's1' }),
    'GET /submissions/s1': () => state
  });
  const session = new LabSession('n1', model, notebook([]));
  await session.submit();
  assert.deepEqual(session.snapshot().unlocked, []);

  [state, next] = [submission('graded', { score: 8, max_score: 8 }), 'available'];
  await model.reloadProgress();
  tell({ type: 'grading.progress', submission_id: 's1', status: 'graded' });
  await settled();
  assert.deepEqual(session.snapshot().unlocked, [{ id: 'n2', slug: 'next', title: 'Next', type: 'note' }]);
  session.dispose();
});

test('the lab’s own file is handed in by name, a copy of it as it is', async () => {
  const sent: unknown[] = [];
  const { model } = world({
    'GET /nodes/n1': () => lab,
    'GET /roadmaps/first': () => road('locked'),
    'GET /nodes/n1/submissions': () => ({ items: [], next: null }),
    'POST /nodes/n1/submissions': body => {
      sent.push(body);
      return { id: 's1' };
    },
    'GET /submissions/s1': () => submission('graded')
  });
  for (const path of ['first/lab/lab.ipynb', 'first/lab/lab-2026-11-22.ipynb']) {
    const session = new LabSession('n1', model, notebook([failing], path));
    await session.submit();
    session.dispose();
  }
  assert.deepEqual(sent, [{}, { notebook: { cells: [failing], nbformat: 4 } }]);
});

test('a new version is taken after saving, and says where the work went', async () => {
  let isNew = true;
  const book = notebook([], 'first/lab/lab.ipynb');
  const { model } = world({
    'GET /nodes/n1': () => ({ ...lab, lab: { new_version: isNew } }),
    'GET /nodes/n1/submissions': () => ({ items: [], next: null }),
    'POST /nodes/n1/reset': () => {
      assert.equal(book.saved.length, 1, 'saved before it is moved away');
      isNew = false;
      return { path: 'first/lab/lab.ipynb', kept_path: 'first/lab/lab-old.ipynb' };
    }
  });
  const session = new LabSession('n1', model, book);
  await session.takeNewVersion();
  assert.equal(book.reloaded.length, 1);
  assert.equal(session.snapshot().keptPath, 'first/lab/lab-old.ipynb');
  assert.equal(session.node.data?.lab?.new_version, false);
  session.dispose();
});

test('a hint ends with its error', async () => {
  const cells = [{ ...failing }];
  const book = notebook(cells);
  const { model } = world({
    'GET /nodes/n1/submissions': () => ({ items: [], next: null }),
    'POST /hints': () => ({
      id: 'h1',
      level: 1,
      max_level: 3,
      text: 'Brackets.',
      concept: '',
      remaining_today: 1
    })
  });
  const session = new LabSession('n1', model, book);
  await session.hints.ask();
  book.ran[0]();
  assert.equal(session.snapshot().hints.length, 1, 'the error is still there');
  cells[0] = { ...failing, outputs: [] };
  book.ran[0]();
  assert.equal(session.snapshot().hints.length, 0);
  session.dispose();
});

test('what is handed in while the server is away is sent later, once', async () => {
  const { calls, model } = world({
    'GET /nodes/n1/submissions': () => ({ items: [], next: null }),
    'POST /nodes/n1/submissions': () => ({ id: 's1' }),
    'GET /submissions/s1': () => submission('graded')
  });
  const session = new LabSession('n1', model, notebook([]));
  await settled();
  model.connection.lost();
  const sending = session.submit();
  await settled();
  assert.equal(session.snapshot().held, true);
  assert.equal(calls.includes('POST /nodes/n1/submissions'), false);
  model.connection.reached();
  await sending;
  assert.equal(session.snapshot().held, false);
  assert.equal(calls.filter(call => call === 'POST /nodes/n1/submissions').length, 1);
  session.dispose();
});

test('tests that pass are counted from what ran', async () => {
  const mark = { nbgrader: { grade: true, solution: false, grade_id: 'test-f', points: 2 } };
  const { model } = world({ 'GET /nodes/n1/submissions': () => ({ items: [], next: null }) });
  const book = notebook([
    { ...failing, metadata: mark, execution_count: 1 },
    { ...failing, outputs: [], metadata: mark, execution_count: null },
    { ...failing, outputs: [], metadata: mark, execution_count: 2 }
  ]);
  const session = new LabSession('n1', model, book);
  assert.deepEqual(session.visibleTests(), { passed: 1, total: 3 });
  session.dispose();
});

test('where a learner wishes it, an error is explained without a click, and more help begins one level up', async () => {
  const asked: [string, HintRequest][] = [];
  const me = { hints_by_themselves: false };
  const { model } = world({
    'GET /nodes/n1/submissions': () => ({ items: [], next: null }),
    'GET /me': () => ({ ...me }),
    'POST /hints/first': body => {
      asked.push(['first', body as HintRequest]);
      return { level: 1, max_level: 4, text: 'A bracket is open.', concept: 'brackets', line_refs: [1] };
    },
    'POST /hints': body => {
      asked.push(['hint', body as HintRequest]);
      return { id: 'h2', level: 2, max_level: 4, text: 'Look at line 1.', concept: '', remaining_today: 9 };
    }
  });
  const cells = [{ ...failing }];
  const book = notebook(cells);
  const session = new LabSession('n1', model, book);
  await model.me.reload();
  book.ran[0]();
  await settled();
  assert.equal(asked.length, 0, 'nobody wished it');

  me.hints_by_themselves = true;
  await model.me.reload();
  book.ran[0]();
  book.ran[0]();
  await settled();
  assert.equal(session.snapshot().first?.text, 'A bracket is open.');
  await session.hints.ask();
  const [, more] = asked.at(-1) ?? [];
  assert.deepEqual([more?.level, more?.knows_first], [2, true]);
  assert.equal(session.snapshot().hints[0].level, 2);

  cells[0] = { ...failing, outputs: [] };
  book.ran[0]();
  assert.equal(session.snapshot().first, null, 'it ends with its error');
  session.dispose();
});
