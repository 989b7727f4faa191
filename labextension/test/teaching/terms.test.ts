import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWords } from '../../src/lab/term-words';
import { changeOf, EMPTY_FORM, labelsIn } from '../../src/teaching/terms';

const fill = (text: string, ...args: (string | number)[]) =>
  args.reduce<string>((sentence, arg, at) => sentence.replace(`%${at + 1}`, String(arg)), text);
const words = {
  __: fill,
  _n: (one: string, many: string, count: number) => fill(count === 1 ? one : many, count)
};

test('a form in which nothing differs asks for nothing', () => {
  assert.equal(changeOf(EMPTY_FORM), null);
  assert.equal(changeOf({ ...EMPTY_FORM, note: 'ill' }), null);
});

test('only what is filled in is sent, a local time as UTC', () => {
  const deadline = new Date(2026, 11, 1, 18, 30);
  assert.deepEqual(changeOf({ ...EMPTY_FORM, deadline: '2026-12-01T18:30', note: ' ill ' }), {
    deadline: deadline.toISOString(),
    note: 'ill'
  });
});

test('what is lifted is null, whatever its field says', () => {
  const form = {
    ...EMPTY_FORM,
    deadline: '2026-12-01T18:30',
    hasNoDeadline: true,
    attempts: '3',
    anyAttempts: true
  };
  assert.deepEqual(changeOf(form), { deadline: null, attempts: null, note: '' });
});

test('lateness is a word or a share', () => {
  assert.equal(changeOf({ ...EMPTY_FORM, latePenalty: 'zero' })?.late_penalty, 'zero');
  assert.equal(changeOf({ ...EMPTY_FORM, latePenalty: '0.1' })?.late_penalty, 0.1);
});

test('extra time is percent in the form and a share in the request', () => {
  assert.equal(changeOf({ ...EMPTY_FORM, extraTime: '25' })?.extra_time, 0.25);
  const terms = { opens: null, deadline: null, late_penalty: 'none', attempts: null, extra_time: 0.25 };
  assert.deepEqual(inWords(terms, ['extra_time'], words), ['25% more time']);
});

test('labels stand between commas, each once', () => {
  assert.deepEqual(labelsIn(' +25% time, retake,, retake '), ['+25% time', 'retake']);
  assert.deepEqual(labelsIn(' '), []);
});

test('terms are told in words', () => {
  const terms = { opens: null, deadline: null, late_penalty: 0.1, attempts: 1 };
  assert.deepEqual(inWords(terms, ['opens', 'deadline', 'late_penalty', 'attempts'], words), [
    'open from the start',
    'no deadline',
    'late work loses 10% for each day begun',
    '1 attempt'
  ]);
  assert.deepEqual(
    inWords({ ...terms, attempts: null, late_penalty: 'none' }, ['attempts', 'late_penalty'], words),
    ['any number of attempts', 'late work loses nothing']
  );
});
