import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HintRequest } from '../../src/api/contract';
import { type CellLike, gradeIdOf, taskAt } from '../../src/lab/checks';
import { LabSession } from '../../src/lab/session';
import { failing, notebook, settled, world } from './world';

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
