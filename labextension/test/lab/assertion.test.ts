import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparisonOf } from '../../src/lab/assertion';

test('both sides of a comparison are found, without the message', () => {
  assert.deepEqual(comparisonOf('assert f(1) == 2'), { got: 'f(1)', expected: '2' });
  assert.deepEqual(comparisonOf("assert mean([1, 2]) == 1.5, 'The mean of 1, 2 == 1.5.'"), {
    got: 'mean([1, 2])',
    expected: '1.5'
  });
  assert.deepEqual(comparisonOf('assert g(x == 1, "a == b, c") == (1, 2)'), {
    got: 'g(x == 1, "a == b, c")',
    expected: '(1, 2)'
  });
  assert.deepEqual(comparisonOf("assert f('it\\'s, ==') == 'it'"), {
    got: "f('it\\'s, ==')",
    expected: "'it'"
  });
});

test('whatever is no single comparison is left alone', () => {
  for (const line of [
    'assert f(1)',
    'assert a == b == c',
    'assert f() == 1 and g() == 2',
    'x == 1',
    'assert f( == 1',
    ''
  ]) {
    assert.equal(comparisonOf(line), null, line);
  }
});
