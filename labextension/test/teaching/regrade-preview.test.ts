import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RegradeOutcome, RegradePreviewPage } from '../../src/api/contract';
import { changes, collect, type PreviewState } from '../../src/teaching/regrade-preview';

function outcome(name: string, before: number, after: number | null): RegradeOutcome {
  const is_change = before !== after;
  return {
    submission_id: name,
    display_name: name,
    attempt: 1,
    before,
    after,
    max_score: 2,
    reason: null,
    is_change
  };
}

const PAGES: Record<string, RegradePreviewPage> = {
  first: { items: [outcome('Ada', 1, 1)], next: 'second', left: 1 },
  second: { items: [outcome('Bob', 1, 2)], next: null, left: 0 }
};

test('submissions are asked for one after the other, and told of as they come', async () => {
  const told: PreviewState[] = [];
  await collect(
    async cursor => PAGES[cursor ?? 'first'],
    state => told.push(state),
    () => false
  );
  assert.deepEqual(
    told.map(({ outcomes, left, isDone }) => [
      outcomes.map(({ display_name }) => display_name),
      left,
      isDone
    ]),
    [
      [['Ada'], 1, false],
      [['Ada', 'Bob'], 0, true]
    ]
  );
});

test('nothing more is graded once it is stopped', async () => {
  const asked: (string | null)[] = [];
  await collect(
    async cursor => {
      asked.push(cursor);
      return PAGES[cursor ?? 'first'];
    },
    () => undefined,
    () => true
  );
  assert.deepEqual(asked, [null]);
});

test('losses come first, and what does not change is left out', () => {
  const found = changes([
    outcome('up', 1, 2),
    outcome('same', 1, 1),
    outcome('down', 2, 1),
    outcome('none', 1, null)
  ]);
  assert.deepEqual(
    found.map(({ display_name }) => display_name),
    ['none', 'down', 'up']
  );
});
