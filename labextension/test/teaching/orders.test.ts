import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barOf, scaleEnd, verdictOf } from '../../src/teaching/orders';

const row = (mean: number | null, interval: [number, number] | null = null) => ({
  mastered_per_100_answers: mean,
  interval
});

test('everything fits on the scale, which ends at a round number', () => {
  assert.equal(scaleEnd([]), 5);
  assert.equal(scaleEnd([row(null), row(4)]), 5);
  assert.equal(scaleEnd([row(12, [3, 21])]), 50);
  assert.equal(scaleEnd([row(130, [100, 160])]), 200);
});

test('a mean has its interval around it, and none leaves the scale', () => {
  assert.deepEqual(barOf(row(10, [5, 15]), 20), { from: 0.25, mean: 0.5, to: 0.75 });
  assert.deepEqual(barOf(row(2, [-4, 8]), 10), { from: 0, mean: 0.2, to: 0.8 });
  assert.deepEqual(barOf(row(5), 10), { from: 0.5, mean: 0.5, to: 0.5 });
  assert.equal(barOf(row(null), 10), null);
});

test('only an interval without 0 says that one order is better', () => {
  assert.equal(verdictOf(null), 'unknown');
  assert.equal(verdictOf({ mastered_per_100_answers: 3, interval: [-1, 7] }), 'open');
  assert.equal(verdictOf({ mastered_per_100_answers: 3, interval: [1, 5] }), 'chosen');
  assert.equal(verdictOf({ mastered_per_100_answers: -3, interval: [-5, -1] }), 'fixed');
});
