import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PracticeItem, PracticeResult } from '../../src/api/contract';
import { answered, begin, goOn, isOver, outcomes } from '../../src/practice/session';

const items = ['Lists', 'Loops', 'Lists'].map(concept => ({ concept }) as PracticeItem);
const result = (correct: boolean) => ({ result: { correct }, is_counted: true }) as PracticeResult;

test('one item after the other, to the end', () => {
  let run = begin(items);
  for (const correct of [true, false, false]) {
    assert.equal(isOver(run), false);
    run = goOn(answered(run, result(correct)));
  }
  assert.equal(isOver(run), true);
  assert.deepEqual(outcomes(run), [
    { concept: 'Lists', right: 1, asked: 2 },
    { concept: 'Loops', right: 0, asked: 1 }
  ]);
  assert.equal(goOn(run).place, 3);
});

test('what was passed over counts as nothing', () => {
  const run = goOn(answered(goOn(begin(items)), result(true)));
  assert.deepEqual(outcomes(run), [{ concept: 'Loops', right: 1, asked: 1 }]);
});

test('a session without items is over at once', () => {
  assert.equal(isOver(begin([])), true);
});
