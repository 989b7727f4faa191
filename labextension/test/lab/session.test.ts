import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host, News } from '../../src/host';
import { LabSession } from '../../src/lab/session';
import { isOpen } from '../../src/lab/state';
import { submitLab } from '../../src/lab/submitting';
import { failing, notebook, settled, submission, trans, world } from './world';

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
