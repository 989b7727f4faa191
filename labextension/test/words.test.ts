import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, clock, count, initials, percent, points, rankProgress } from '../src/format';
import { noticeText } from '../src/model/notices';
import { asksOnlyFor, requirementText } from '../src/roadmap/requirement';

const words = {
  __: (text: string, ...args: (string | number)[]) =>
    args.reduce<string>((sentence, arg, i) => sentence.replace(`%${i + 1}`, String(arg)), text)
};
const nodes = [
  { slug: 'intro', title: 'Hello' },
  { slug: 'loops', title: 'Loops' }
];

test('figures', () => {
  assert.equal(percent(0.666), '67%');
  assert.equal(count(12345, 'en'), '12,345');
  assert.equal(points(7.5), '7.5');
  assert.equal(points(10), '10');
  assert.equal(clock(75), '1:15');
  assert.equal(clock(3661), '1:01:01');
});

test('times gone by', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  assert.equal(ago('2026-11-22T11:55:00Z', now, 'en'), '5 minutes ago');
  assert.equal(ago('2026-11-21T12:00:00Z', now, 'en'), 'yesterday');
});

test('initials', () => {
  assert.equal(initials('ada king lovelace'), 'AL');
  assert.equal(initials('ada'), 'A');
  assert.equal(initials(' '), '?');
});

test('the way to the next rank', () => {
  assert.equal(rankProgress(250, 0, 500), 0.5);
  assert.equal(rankProgress(9000, 2001, null), 1);
  assert.equal(rankProgress(100, 501, 2001), 0);
});

test('what opens a locked node', () => {
  assert.equal(requirementText({}, nodes, words), '');
  assert.equal(requirementText(null, nodes, words), '');
  assert.equal(
    requirementText({ all: ['intro', 'loops'] }, nodes, words),
    'Finish “Hello” and “Loops” first'
  );
  assert.equal(requirementText({ any: ['intro', 'loops'] }, nodes, words), 'Finish “Hello” or “Loops” first');
  assert.equal(
    requirementText({ all: [{ node: 'loops', min_score: 0.8 }] }, nodes, words),
    'Finish “Loops” with at least 80% first'
  );
});

test('one node after the other is the plain case', () => {
  assert.equal(asksOnlyFor({ all: ['intro'] }, 'intro'), true);
  assert.equal(asksOnlyFor({ all: ['intro', 'loops'] }, 'intro'), false);
  assert.equal(asksOnlyFor({ all: [{ node: 'intro', min_score: 0.5 }] }, 'intro'), false);
  assert.equal(asksOnlyFor({}, 'intro'), false);
});

test('what the bell says of reports', () => {
  const told = (hidden: boolean) =>
    noticeText({ type: 'forum.reported', payload: { title: 'Loops', hidden } }, words);
  assert.equal(told(false), 'A post in “Loops” was reported.');
  assert.equal(told(true), 'Reports have hidden a post in “Loops”.');
});
