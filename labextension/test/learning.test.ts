import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Question } from '../src/api/contract';
import { LabBook, labPath, nodeOfMetadata } from '../src/lab/book';
import { noticeText, toastOf } from '../src/model/notices';
import { emptyAnswers, moved, toggled, toSend, unanswered } from '../src/roadmap/answers';
import { nextStep, stepBefore } from '../src/roadmap/video-steps';
import { addWatched, watchedShare } from '../src/roadmap/watched';

const words = {
  __: (text: string, ...args: (string | number)[]) =>
    args.reduce<string>((sentence, arg, i) => sentence.replace(`%${i + 1}`, String(arg)), text)
};

function question(id: string, type: Question['type'], choices: string[] = []): Question {
  return {
    id,
    type,
    prompt_html: '',
    points: 1,
    code: null,
    choices: choices.map(choice => ({ id: choice, html: '' }))
  };
}

const questions = [
  question('one', 'single', ['a', 'b']),
  question('many', 'multiple', ['a', 'b']),
  question('order', 'ordering', ['x', 'y', 'z']),
  question('number', 'numeric')
];

test('a quiz begins empty, but an ordering begins as it was sent', () => {
  const answers = emptyAnswers(questions);
  assert.deepEqual(answers, { one: '', many: [], order: ['x', 'y', 'z'], number: '' });
  assert.deepEqual(
    unanswered(questions, answers).map(({ id }) => id),
    ['one', 'many', 'number']
  );
});

test('several choices toggle one by one', () => {
  assert.deepEqual(toggled(['a'], 'b'), ['a', 'b']);
  assert.deepEqual(toggled(['a', 'b'], 'a'), ['b']);
  assert.deepEqual(toggled(undefined, 'a'), ['a']);
});

test('items move one place and stop at the borders', () => {
  assert.deepEqual(moved(['x', 'y', 'z'], 'y', 1), ['x', 'z', 'y']);
  assert.deepEqual(moved(['x', 'y', 'z'], 'x', -1), ['x', 'y', 'z']);
  assert.deepEqual(moved(['x'], 'unknown', 1), ['x']);
});

test('numbers travel as numbers, with a comma or a point, and nonsense as it is', () => {
  const send = (number: string) => toSend(questions, { number }).number;
  assert.equal(send('2,5'), 2.5);
  assert.equal(send(' 3 '), 3);
  assert.equal(send('three'), 'three');
  assert.deepEqual(toSend(questions, { one: '', number: '1' }), { number: 1 });
});

test('watched parts merge, and a jump leaves a hole', () => {
  const parts = addWatched(addWatched([[0, 10]], [20, 30]), [9.8, 12]);
  assert.deepEqual(parts, [
    [0, 12],
    [20, 30]
  ]);
  assert.equal(watchedShare(parts, 44), 0.5);
  assert.equal(watchedShare(parts, Number.NaN), 0);
  assert.deepEqual(addWatched([], [5, 5]), []);
});

test('a notebook is a lab because its metadata say so, or because it was opened as one', () => {
  assert.equal(nodeOfMetadata({ node_id: 'node-1' }), 'node-1');
  assert.equal(nodeOfMetadata({ node_id: 7 }), null);
  assert.equal(nodeOfMetadata(undefined), null);
  const book = new LabBook();
  book.remember('a/lab.ipynb', 'node-1');
  assert.equal(book.find('a/lab.ipynb'), 'node-1');
  assert.equal(book.find('other.ipynb'), null);
  assert.equal(labPath({ roadmap_slug: 'basics', slug: 'loops' }), 'basics/loops/loops.ipynb');
});

test('events that deserve a toast get one, others none', () => {
  assert.equal(
    toastOf({ type: 'xp.awarded', amount: 25, xp: 40, reason: 'node', streak_bonus: 0 }, words)?.text,
    '+25 XP'
  );
  assert.equal(
    toastOf({ type: 'rank.up', rank: 'Scripter', before: 'Novice' }, words)?.text,
    'Rank up! You are now Scripter.'
  );
  assert.equal(toastOf({ type: 'leaderboard.changed', period: '2026-W10' }, words), null);
  assert.equal(toastOf({ type: 'streak.changed', streak_count: 1, before: 5 }, words), null);
  assert.equal(
    toastOf({ type: 'streak.changed', streak_count: 6, before: 5 }, words)?.text,
    '6 days in a row!'
  );
});

test('a notification of a kind we do not know still says something', () => {
  assert.equal(
    noticeText({ type: 'badge.earned', payload: { name: 'Early bird' } }, words),
    'You earned the badge “Early bird”.'
  );
  const restored = noticeText(
    { type: 'files.restored', payload: { stored_at: '2026-11-30T10:00:07Z' } },
    words
  );
  assert.match(restored, /as they were stored at .*:00/);
  assert.equal(noticeText({ type: 'some.thing', payload: {} }, words), 'some thing');
});

test('a video is played step by step, and back again', () => {
  const starts = [0, 6, 14];
  assert.equal(nextStep(starts, 0), 6);
  assert.equal(nextStep(starts, 6.1), 14);
  assert.equal(nextStep(starts, 5.9), 14, 'who has all but reached a step goes on to the one after');
  assert.equal(nextStep(starts, 20), null);
  assert.equal(stepBefore(starts, 10), 6);
  assert.equal(stepBefore(starts, 6.1), 0, 'who stands at the beginning of a step goes to the one before');
  assert.equal(stepBefore(starts, 0), 0);
  assert.equal(nextStep([], 3), null);
  assert.equal(stepBefore([], 3), 0);
});
