import assert from 'node:assert/strict';
import test from 'node:test';
import { unwrapped, usualLines, wrapped } from '../../src/authoring/regions';
import { freshId, ROLES, roleOf, totalPoints, withRole } from '../../src/authoring/roles';
import { mistakesOf } from '../../src/authoring/rules';
import type { CellLike } from '../../src/lab/checks';

const HIDDEN = '### BEGIN HIDDEN TESTS\nassert f() == 1\n### END HIDDEN TESTS';

function cell(source: string, type = 'code', metadata: Record<string, unknown> = {}): CellLike {
  return { cell_type: type, source, metadata };
}

for (const [type, roles] of Object.entries(ROLES)) {
  for (const role of roles) {
    test(`a ${type} cell that was made ${role} is read as such, without a mistake of its own`, () => {
      const source = role === 'hidden' ? HIDDEN : role.endsWith('choice') ? '- [x] yes\n- [ ] no' : 'x = 1';
      const made = cell(source, type);
      made.metadata = withRole(made, role, 'an-id');
      assert.equal(roleOf(made), role);
      assert.deepEqual(
        mistakesOf([made]).filter(({ code }) => code !== 'nothing_graded'),
        []
      );
    });
  }
}

test('another role keeps the id, the points, the hints and what others wrote', () => {
  const made = cell('x', 'markdown', { tags: ['mine'], nexus: { hints: ['Think'] } });
  made.metadata = withRole(made, 'manual', 'why');
  (made.metadata.nbgrader as { points: number }).points = 3;
  const choice = { ...made, metadata: withRole(made, 'singlechoice', 'other') };
  assert.deepEqual(choice.metadata.nexus, { hints: ['Think'] });
  assert.deepEqual(choice.metadata.tags, ['mine']);
  assert.equal((choice.metadata.nbgrader as { grade_id: string }).grade_id, 'why');
  assert.equal(totalPoints([choice, made]), 6);
  assert.deepEqual(withRole(choice, 'text', ''), { tags: ['mine'], nexus: { hints: ['Think'] } });
});

test('ids are named after the function, and are nobody else’s', () => {
  const answer = cell('def to_celsius(f):\n    return f');
  answer.metadata = withRole(answer, 'answer', freshId([answer], 0, 'answer'));
  const cells = [answer, cell('assert to_celsius(1)')];
  assert.equal((answer.metadata.nbgrader as { grade_id: string }).grade_id, 'to-celsius');
  assert.equal(freshId(cells, 1, 'test'), 'test-to-celsius');
  cells[1].metadata = withRole(cells[1], 'test', 'test-to-celsius');
  assert.equal(freshId([...cells, cell('')], 2, 'hidden'), 'test-to-celsius-2');
  assert.equal(freshId([cell('Why?', 'markdown')], 0, 'manual'), 'question');
});

test('a solution goes around the body, below the docstring, with its indentation', () => {
  const source = 'def f(x):\n    """Say\n    more."""\n    y = x\n    return y';
  const { from, to } = usualLines(source, 'SOLUTION');
  const made = wrapped(source, 'SOLUTION', 'python', from, to);
  assert.equal(
    made,
    'def f(x):\n    """Say\n    more."""\n    ### BEGIN SOLUTION\n    y = x\n    return y\n    ### END SOLUTION'
  );
  assert.equal(unwrapped(made, 'SOLUTION'), source);
});

test('markers are comments of the language', () => {
  assert.equal(
    wrapped('select 1', 'HIDDEN TESTS', 'SQL', 0, 0),
    '-- BEGIN HIDDEN TESTS\nselect 1\n-- END HIDDEN TESTS'
  );
  const js = 'function f() {\n  return 1;\n}';
  const { from, to } = usualLines(js, 'SOLUTION');
  assert.deepEqual([from, to], [1, 1]);
});
