import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neighboursOf } from '../../src/roadmap/neighbours';

const STEPS = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];

test('a step has one before and one after it, but at the ends', () => {
  assert.deepEqual(neighboursOf(STEPS, 'b'), { before: { id: 'a' }, after: { id: 'c' } });
  assert.deepEqual(neighboursOf(STEPS, 'a'), { before: null, after: { id: 'b' } });
  assert.deepEqual(neighboursOf(STEPS, 'c'), { before: { id: 'b' }, after: null });
});

test('what is no step of the roadmap has none', () => {
  assert.deepEqual(neighboursOf(STEPS, 'x'), { before: null, after: null });
});
