import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainWords } from '../../src/learn/plain-words';

test('placeholders are filled in, in any order and more than once', () => {
  assert.equal(plainWords.__('%2 of %1, %1', 'ten', 3), '3 of ten, ten');
  assert.equal(plainWords.__('100 %% of %1', 'it'), '100 % of it');
  assert.equal(plainWords.__('%1', '%2 is no placeholder'), '%2 is no placeholder');
});

test('one and several', () => {
  assert.equal(plainWords._n('%1 day', '%1 days', 1), '1 day');
  assert.equal(plainWords._n('%1 day of %2', '%1 days of %2', 0, 'May'), '0 days of May');
  assert.equal(plainWords._np('context', 'one', 'several', 2), 'several');
});
