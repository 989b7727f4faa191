import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Question, QuestionResult } from '../../src/api/contract';
import { targetOf } from '../../src/model/notices';
import { answersKept, findHeading, QuizDraft } from '../../src/roadmap/quiz-draft';

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key)
  };
}

const questions = [{ id: 'a' }, { id: 'b' }] as Question[];

test('answers are kept by learner and node, as far as their questions are still there', () => {
  const store = memory();
  const mine = new QuizDraft('ada', 'n1', store);
  mine.keep({ a: 'x', gone: 'y' });
  assert.deepEqual(new QuizDraft('ada', 'n1', store).find(questions), { a: 'x' });
  assert.deepEqual(new QuizDraft('bob', 'n1', store).find(questions), {});
  mine.forget();
  assert.deepEqual(mine.find(questions), {});
});

test('the next try begins with the right answers', () => {
  const results = [
    { id: 'a', correct: true },
    { id: 'b', correct: false }
  ] as QuestionResult[];
  assert.deepEqual(answersKept({ a: 'x', b: 'y' }, results, { a: '', b: '' }), { a: 'x', b: '' });
});

test('a section is found by its heading', () => {
  const headings = [
    { id: '', textContent: 'Numbers & text' },
    { id: 'loops', textContent: 'Again' }
  ];
  assert.equal(findHeading(headings, '#numbers-text'), headings[0]);
  assert.equal(findHeading(headings, '#loops'), headings[1]);
  assert.equal(findHeading(headings, '#none'), null);
});

test('notifications lead to what they tell of', () => {
  assert.deepEqual(targetOf({ type: 'submission.marked', payload: { node_id: 'n1' } }), {
    kind: 'node',
    id: 'n1'
  });
  assert.deepEqual(targetOf({ type: 'forum.answer', payload: { thread_id: 't1', node_id: 'n1' } }), {
    kind: 'thread',
    id: 't1'
  });
  assert.deepEqual(targetOf({ type: 'badge.earned', payload: {} }), { kind: 'badges' });
  assert.equal(targetOf({ type: 'other', payload: {} }), null);
});
