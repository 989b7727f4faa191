import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstLook, nextLook, variablesOf } from '../../src/lab/variables';

const look = (...rows: string[][]) => variablesOf(rows) ?? [];

test('what the last cell made, changed and took away', () => {
  const before = firstLook(look(['a', 'int', '1', ''], ['b', 'list', '[1]', '1'], ['c', 'int', '3', '']));
  assert.equal(before.changes.size, 0);
  const after = nextLook(
    before,
    look(['a', 'int', '1', ''], ['b', 'list', '[1, 2]', '2'], ['d', 'str', "'x'", '1'])
  );
  assert.deepEqual(
    [...after.changes],
    [
      ['b', 'changed'],
      ['d', 'new']
    ]
  );
  assert.deepEqual(after.gone, ['c']);
});

test('a list that grew beyond what is shown changed all the same', () => {
  const cut = '[0, 1, 2, 3, 4, 5, ...]';
  const after = nextLook(firstLook(look(['a', 'list', cut, '9'])), look(['a', 'list', cut, '10']));
  assert.deepEqual([...after.changes], [['a', 'changed']]);
});

test('they stand by name, each on one line, and what is no answer is none', () => {
  assert.deepEqual(
    look(['b', 'ndarray', 'array([1,\n  2])', '(2,)'], ['a', 'int', '1', ''], ['broken']).map(
      ({ value }) => value
    ),
    ['1', 'array([1, 2])']
  );
  assert.equal(variablesOf({ text: 'no list' }), null);
});
