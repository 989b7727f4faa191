import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PracticeItem, PracticeTask } from '../../src/api/contract';
import { answered, begin, goOn, isOver, outcomes, placeInKind } from '../../src/practice/session';

const items = ['Lists', 'Loops', 'Lists'].map(concept => ({ concept }) as PracticeItem);
const code = { item: 'test-double' } as PracticeTask['code'];
const tasks = ['Loops', 'Sums'].map(concept => ({ concept, code }) as PracticeTask);

test('one part after the other, to the end', () => {
  let run = begin({ items, tasks: [] });
  for (const isRight of [true, false, false]) {
    assert.equal(isOver(run), false);
    run = goOn(answered(run, isRight));
  }
  assert.equal(isOver(run), true);
  assert.deepEqual(outcomes(run), [
    { concept: 'Lists', right: 1, asked: 2 },
    { concept: 'Loops', right: 0, asked: 1 }
  ]);
  assert.equal(goOn(run).place, 3);
});

test('code tasks follow the questions, each counted among its kind', () => {
  let run = begin({ items, tasks });
  const places = run.parts.map(() => {
    const place = placeInKind(run);
    run = goOn(run);
    return place.join('/');
  });
  assert.deepEqual(places, ['1/3', '2/3', '3/3', '1/2', '2/2']);
});

test('the last try at a code task is what it came to', () => {
  const run = answered(answered(begin({ items: [], tasks }), false), true);
  assert.deepEqual(outcomes(goOn(run)), [{ concept: 'Loops', right: 1, asked: 1 }]);
});

test('a lab of tasks is no part of the session itself', () => {
  assert.equal(isOver(begin({ items: [], tasks: [{ concept: 'Loops', code: null } as PracticeTask] })), true);
});

test('what was passed over counts as nothing', () => {
  const run = goOn(answered(goOn(begin({ items, tasks: [] })), true));
  assert.deepEqual(outcomes(run), [{ concept: 'Loops', right: 1, asked: 1 }]);
});

test('a session without parts is over at once', () => {
  assert.equal(isOver(begin({ items: [], tasks: [] })), true);
});
