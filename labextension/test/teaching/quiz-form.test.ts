import assert from 'node:assert/strict';
import test from 'node:test';
import type { QuizSource } from '../../src/api/contract';
import { changeOf, EMPTY, formOf, KINDS, moved, newChoice, newQuestion } from '../../src/teaching/quiz-form';

const COMMON = { points: 2, explanation: 'Because.', concepts: ['a.b'], section: '#here' };
const CHOICES = [
  { id: 'a', text: 'One' },
  { id: 'b', text: 'Two' }
];
const QUIZ: QuizSource = {
  passing_score: 0.65,
  shuffle: false,
  max_attempts: 3,
  questions: [
    { ...COMMON, id: 's', type: 'single', prompt: '?', choices: CHOICES, answer: 'b', why: { a: 'No.' } },
    { ...COMMON, id: 'm', type: 'multiple', prompt: '?', choices: CHOICES, answer: ['a', 'b'], why: {} },
    { ...COMMON, id: 'o', type: 'ordering', prompt: '?', choices: CHOICES, answer: ['b', 'a'], why: {} },
    { ...COMMON, id: 'n', type: 'numeric', prompt: '?', answer: 0.5, tolerance: 0.01 },
    { ...COMMON, id: 't', type: 'text', prompt: '?', answer: ['x', 'y z'], ignore_punctuation: true },
    { ...COMMON, id: 'c', type: 'code_output', prompt: '?', code: 'print(1)', answer: ['1'] }
  ]
};

test('a quiz that nobody changed in the form is the same quiz', () => {
  assert.deepEqual(changeOf(formOf(QUIZ)), QUIZ);
});

test('the form shows an order as it has to be, and the file does not', () => {
  const [order] = formOf(QUIZ).questions.filter(({ type }) => type === 'ordering');
  assert.deepEqual(
    order?.choices.map(({ text }) => text),
    ['Two', 'One']
  );
});

for (const type of KINDS) {
  test(`a new question of kind ${type} becomes one of the file`, () => {
    const made = newQuestion(type, ['q1', 'q3']);
    assert.equal(made.id, 'q4');
    const [back] = changeOf({ ...EMPTY, questions: [made] }).questions;
    assert.equal(back?.type, type);
  });
}

test('an id of a choice says nothing of its place', () => {
  const ids = new Set(Array.from({ length: 50 }, () => newChoice([]).id));
  assert.ok(ids.size > 40);
  assert.ok([...ids].every(id => /^c[a-z0-9]{1,5}$/.test(id)));
});

test('a right choice needs no reason why it is wrong', () => {
  const form = formOf(QUIZ);
  const [single] = form.questions;
  assert.ok(single);
  const marked = { ...single, choices: single.choices.map(each => ({ ...each, isRight: each.id === 'a' })) };
  const [back] = changeOf({ ...form, questions: [marked] }).questions;
  assert.deepEqual(back && 'why' in back ? back.why : null, {});
});

test('what is moved stays in the list', () => {
  assert.deepEqual(moved(['a', 'b', 'c'], 1, -1), ['b', 'a', 'c']);
  assert.deepEqual(moved(['a', 'b'], 0, -1), ['a', 'b']);
  assert.deepEqual(moved(['a', 'b'], 1, 1), ['a', 'b']);
});
