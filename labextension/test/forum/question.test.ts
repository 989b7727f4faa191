import assert from 'node:assert/strict';
import { test } from 'node:test';
import { questionAbout } from '../../src/forum/question';
import { noticeText, targetOf } from '../../src/model/notices';

const error = { ename: 'ZeroDivisionError', evalue: 'division by zero', traceback: [] };

test('a question about a cell has its code and its error', () => {
  const body = questionAbout('1 / 0\n', error);
  assert.equal(body, '\n\n```\n1 / 0\n```\n\n```\nZeroDivisionError: division by zero\n```\n');
  assert.equal(questionAbout('x', null), '\n\n```\nx\n```\n');
});

test('code that has fences of its own stays one block', () => {
  const body = questionAbout('text = """\n````\n"""', null);
  assert.ok(body.startsWith('\n\n`````\n') && body.endsWith('\n`````\n'));
});

test('a question about a long cell can still be posted', () => {
  const long = { ...error, evalue: 'y'.repeat(100_000) };
  assert.ok(questionAbout('x'.repeat(100_000), long).length < 20_000);
});

test('who is named or follows reads so under the bell', () => {
  const words = { __: (text: string, ...args: (string | number)[]) => text.replace('%1', String(args[0])) };
  const payload = { thread_id: 't', title: 'Loops' };
  assert.equal(noticeText({ type: 'forum.mention', payload }, words), 'Somebody named you in “Loops”.');
  assert.match(noticeText({ type: 'forum.reply', payload }, words), /“Loops”, which you follow/);
  assert.deepEqual(targetOf({ type: 'forum.reply', payload }), { kind: 'thread', id: 't' });
});
