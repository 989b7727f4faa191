import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutColours } from '../../src/api/playground';

test('colours of terminals are left out, and nothing else', () => {
  assert.equal(withoutColours('\u001b[0;31mNameError\u001b[0m: \u001b[1mx\u001b[22;39m'), 'NameError: x');
  assert.equal(withoutColours('a[0m [1;2] b'), 'a[0m [1;2] b');
});
