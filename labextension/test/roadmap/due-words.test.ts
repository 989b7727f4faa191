import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueWords } from '../../src/roadmap/due-words';

const trans = {
  __: (text: string, ...args: (string | number)[]) => text.replace(/%(\d)/g, (_, n) => String(args[n - 1]))
};
const NOW = new Date('2026-11-18T12:00:00Z');
const say = (deadline: string, penalty = 0) => dueWords({ deadline, penalty }, NOW, trans, 'en');

test('a date to come says how far it is', () => {
  assert.equal(say('2026-11-20T12:00:00Z'), 'due in 2 days');
  assert.equal(say('2026-11-18T13:00:00Z'), 'due in 1 hour');
});

test('a date that has passed says what is still to be had', () => {
  assert.equal(
    say('2026-11-17T12:00:00Z', 0.1),
    'was due yesterday; handing it in still brings 90% of its points'
  );
  assert.equal(say('2026-11-18T11:00:00Z'), 'was due 1 hour ago; handing it in still brings all points');
});
