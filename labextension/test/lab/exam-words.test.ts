import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExamOnLab, StudentExam } from '../../src/api/contract';
import { duration, examWords, leftWords, standingWords } from '../../src/lab/exam-words';

const words = {
  __: (text: string, ...args: (string | number)[]) =>
    args.reduce<string>((sentence, arg, at) => sentence.replace(`%${at + 1}`, String(arg)), text)
};

const TIME = '2026-12-01T12:00:00Z';

const EXAM: ExamOnLab = {
  access: 'ready',
  limit_minutes: 75,
  started_at: null,
  ends_at: null,
  seconds_left: null,
  ended_at: null,
  is_released: false,
  closed: ['forum', 'tutor']
};

const STUDENT: StudentExam = {
  user_id: 'ada',
  display_name: 'Ada',
  access: 'ready',
  limit_minutes: 60,
  opens: null,
  deadline: null,
  started_at: null,
  ends_at: null,
  ended_at: null,
  problem: '',
  penalty: 0,
  attempts_left: null,
  released_at: null,
  changed_terms: []
};

test('how long somebody has is said in hours and minutes', () => {
  assert.deepEqual(
    [1, 60, 75, 121, 59.99, 0].map(minutes => duration(minutes, words)),
    ['1 minute', '1 hour', '1 hour 15 minutes', '2 hours 1 minute', '1 hour', '0 minutes']
  );
  assert.equal(leftWords(3_725, words), '1:02:05 left');
});

test('a learner is told what they may do, and why', () => {
  assert.match(
    examWords(EXAM, words),
    /you have 1 hour 15 minutes, .* Closed to you until it is over: the forum, hints and chat\.$/
  );
  assert.match(examWords({ ...EXAM, access: 'closed' }, words), /too late/);
  assert.match(examWords({ ...EXAM, access: 'open', ends_at: TIME }, words), /ends at \d.* Closed to you/);
  assert.doesNotMatch(examWords({ ...EXAM, closed: [] }, words), /Closed/);
  assert.match(examWords({ ...EXAM, access: 'time_up' }, words), /is being handed in/);
  assert.match(examWords({ ...EXAM, access: 'time_up', ended_at: TIME }, words), /was handed in/);
});

test('those who teach are told how each student stands, and by whose terms', () => {
  assert.equal(standingWords(STUDENT, words), 'may start, and has 1 hour then');
  const changed_terms: StudentExam['changed_terms'] = [
    { term: 'extra_time', by: 'label', class_name: '1a' },
    { term: 'deadline', by: 'learner', class_name: null }
  ];
  const standing = standingWords({ ...STUDENT, access: 'late', penalty: 0.2, changed_terms }, words);
  assert.match(
    standing,
    /^late: was due – · handing in now costs 20% · by terms of a label in 1a, their own$/
  );
  const failed = { ...STUDENT, access: 'time_up' as const, ends_at: TIME, problem: 'There is no notebook.' };
  assert.match(standingWords(failed, words), /nothing was handed in: There is no notebook\.$/);
});
