import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_POLICY, policyOf, saidBy } from '../../src/teaching/tutor-policy';

const trans = {
  __: (text: string, ...args: (string | number)[]) =>
    args.reduce<string>((said, arg, at) => said.replace(`%${at + 1}`, String(arg)), text)
};

const POLICY = {
  id: '1',
  place: '4b',
  cohort_id: 'c',
  roadmap: null,
  node_id: null,
  mode: null,
  model: null,
  tokens_per_day: null,
  money_per_day: null,
  avoid: [],
  context: '',
  level_wait_s: null,
  exams: [],
  set_at: '2026-01-01T00:00:00Z',
  is_mine: true
};

test('a form that says nothing is none', () => {
  assert.equal(policyOf(EMPTY_POLICY), null);
  assert.equal(policyOf({ ...EMPTY_POLICY, avoid: ' , ,' }), null);
});

test('a number that is none says nothing', () => {
  assert.equal(policyOf({ ...EMPTY_POLICY, mode: 'off', tokens: 'many' }), null);
  assert.equal(policyOf({ ...EMPTY_POLICY, mode: 'off', wait: '-1' }), null);
});

test('what is said is sent, and nothing else', () => {
  assert.deepEqual(policyOf({ ...EMPTY_POLICY, mode: 'hints', wait: '0', avoid: 'lambda, class ' }), {
    mode: 'hints',
    level_wait_s: 0,
    avoid: ['lambda', 'class']
  });
  assert.deepEqual(policyOf({ ...EMPTY_POLICY, withoutModel: true }), { model: 'none' });
});

test('a policy is told in words', () => {
  assert.deepEqual(saidBy({ ...POLICY, mode: 'off' }, trans), ['the tutor is off']);
  assert.deepEqual(saidBy({ ...POLICY, model: 'none', tokens_per_day: 0, avoid: ['lambda'] }, trans), [
    'no language model',
    '0 tokens a day',
    'without: lambda'
  ]);
});

test('an exam needs a beginning, and an end after it', () => {
  const exam = { ...EMPTY_POLICY, examFrom: '2026-12-01T09:00', examUntil: '2026-12-01T11:00' };
  const sent = policyOf(exam);
  assert.equal(sent?.exams?.length, 1);
  assert.equal(
    Date.parse(sent?.exams?.[0].ends_at ?? '') - Date.parse(sent?.exams?.[0].begins_at ?? ''),
    7_200_000
  );
  assert.equal(policyOf({ ...exam, examUntil: '' }), null);
  assert.equal(policyOf({ ...exam, examFrom: '' }), null);
  assert.equal(policyOf({ ...exam, mode: 'hints', examUntil: '2026-12-01T09:00' }), null);
  const [told] = saidBy({ ...POLICY, exams: sent?.exams as typeof POLICY.exams }, trans);
  assert.match(told, /^off in an exam from /);
});
