import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MarkingSession } from '../../src/marking/session';
import { leftText, signed, sumOf } from '../../src/marking/words';
import { world } from '../lab/world';

const PLACE = { cohortId: 'c', nodeId: 'n', gradeId: 'why' };
const AT = '/teaching/cohorts/c/marking/n/questions/why';

const trans = {
  __: (text: string, ...parts: (string | number)[]) =>
    parts.reduce<string>((all, part, at) => all.replace(`%${at + 1}`, String(part)), text),
  _n: (one: string, many: string, count: number, ...parts: (string | number)[]) =>
    [count, ...parts].reduce<string>(
      (all, part, at) => all.replace(`%${at + 1}`, String(part)),
      count === 1 ? one : many
    )
};

interface Asked {
  leave?: string[];
  answers?: string[];
  items?: string[];
}

/** A desk with two groups, whose marks arrive when the test lets them. */
function desk() {
  const groups = [['a1', 'a2', 'a3'], ['b1']];
  const marked: Asked[] = [];
  let arrive: () => void = () => undefined;
  const gate = new Promise<void>(resolve => {
    arrive = resolve;
  });
  const inHand = (ids: string[]) => ({
    answer: ids.length ? { id: ids[0], text: 'text', history: [], items: [] } : null,
    ids,
    variants: [],
    until: null,
    waiting: ids.length
  });
  const { model, calls } = world({
    [`POST ${AT}/next`]: body => {
      const { leave = [] } = body as Asked;
      const open = groups.map(ids => ids.filter(id => !leave.includes(id)));
      return inHand(open.find(ids => ids.length > 0) ?? []);
    },
    [`POST ${AT}/marks`]: body => {
      marked.push(body as Asked);
      const { answers = [] } = body as Asked;
      for (const ids of groups) {
        ids.splice(0, ids.length, ...ids.filter(id => !answers.includes(id)));
      }
      return { batch_id: `batch-${marked.length}`, points: 1, marked: answers.length, left: [] };
    },
    [`POST ${AT}/release`]: () => null,
    'POST /teaching/cohorts/c/marking/n/undo': () => ({ undone: 3, changed_since: 0 })
  });
  return { session: new MarkingSession(model.api, PLACE), calls, marked, gate, arrive };
}

test('a mark goes to the whole group, and the next group is in hand', async () => {
  const { session, marked } = desk();
  await session.next();
  session.choose('item');
  await session.give();
  assert.deepEqual(session.snapshot().held?.ids, ['b1']);
  assert.deepEqual(session.snapshot().chosen, []);
  await session.close();
  assert.deepEqual(marked[0].answers, ['a1', 'a2', 'a3']);
  assert.deepEqual(marked[0].items, ['item']);
  assert.equal(session.snapshot().marked, 3);
  assert.equal(session.snapshot().sending, 0);
});

test('one answer alone leaves the rest of its group waiting', async () => {
  const { session, marked } = desk();
  await session.next();
  session.set({ isOneOnly: true, points: '2' });
  await session.give();
  assert.deepEqual(marked[0].answers, ['a1']);
  assert.deepEqual(session.snapshot().held?.ids, ['a2', 'a3']);
  assert.equal(session.snapshot().isOneOnly, false);
});

test('what was skipped is given back and does not come again', async () => {
  const { session, calls } = desk();
  await session.next();
  await session.skip();
  assert.ok(calls.includes(`POST ${AT}/release`));
  assert.deepEqual(session.snapshot().held?.ids, ['b1']);
});

test('undo waits for the mark, takes the last batch back, and only that', async () => {
  const { session, calls } = desk();
  await session.next();
  session.choose('item');
  await session.give();
  await session.undo();
  const undos = () => calls.filter(call => call.endsWith('/undo')).length;
  assert.equal(undos(), 1);
  assert.equal(session.snapshot().marked, 0);
  assert.equal(session.snapshot().canUndo, false);
  await session.undo();
  assert.equal(undos(), 1);
});

test('nothing is given before something is chosen, unless counting starts at the whole', async () => {
  const { session } = desk();
  await session.next();
  assert.equal(session.mayGive({ starts_full: false }), false);
  assert.equal(session.mayGive({ starts_full: true }), true);
  session.set({ points: 'many' });
  assert.equal(session.mayGive({ starts_full: true }), false);
});

test('a mark that fails says why, and its answers come again', async () => {
  const { model } = world({
    [`POST ${AT}/next`]: body => ({
      answer: (body as Asked).leave?.length ? null : { id: 'a1', history: [], items: [] },
      ids: (body as Asked).leave?.length ? [] : ['a1'],
      variants: [],
      until: null,
      waiting: 1
    })
  });
  const session = new MarkingSession(model.api, PLACE);
  await session.next();
  session.set({ points: '1' });
  await session.give();
  await session.close();
  assert.match(session.snapshot().problem ?? '', /no POST/);
  await session.next();
  assert.deepEqual(session.snapshot().held?.ids, ['a1']);
});

test('points and what was left in words', () => {
  assert.deepEqual([signed(2), signed(-1.5), signed(0)], ['+2', '−1.5', '0']);
  const items = [
    { id: 'x', text: 'x', points: -2, is_retired: false, used: 0 },
    { id: 'y', text: 'y', points: 0.1, is_retired: false, used: 0 }
  ];
  assert.equal(sumOf(items, ['x', 'y'], true, 3), 1.1);
  assert.equal(sumOf(items, ['x'], false, 3), 0);
  assert.equal(leftText([], trans), null);
  assert.equal(
    leftText([{ answer_id: 'a', why: 'in_hand' }], trans),
    '1 answer was left as it is: somebody else has it in hand.'
  );
});
