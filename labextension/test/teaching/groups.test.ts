import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkGroups } from '../../src/api/contract';
import { ALONE, moved, NEW_GROUP, placed } from '../../src/teaching/groups';

const person = (name: string) => ({ user_id: name.toLowerCase(), display_name: name });

const NOW: WorkGroups = {
  groups: [
    { name: '1', members: [person('Ada'), person('Bob')] },
    { name: '3', members: [person('Cleo')] }
  ],
  alone: [person('Ann')],
  seen: 'abc'
};

test('a student is moved, and nobody else', () => {
  assert.deepEqual(moved(NOW, 'ann', '1'), {
    groups: [
      { name: '1', members: ['ada', 'bob', 'ann'] },
      { name: '3', members: ['cleo'] }
    ],
    seen: 'abc'
  });
  assert.deepEqual(moved(NOW, 'bob', NEW_GROUP).groups.at(-1), { name: '2', members: ['bob'] });
});

test('a group that is left empty ends', () => {
  assert.deepEqual(
    moved(NOW, 'cleo', ALONE).groups.map(({ name }) => name),
    ['1']
  );
});

test('everybody is listed by name with their group', () => {
  assert.deepEqual(
    placed(NOW).map(({ name, group }) => `${name} ${group}`),
    ['Ada 1', 'Ann ', 'Bob 1', 'Cleo 3']
  );
});
