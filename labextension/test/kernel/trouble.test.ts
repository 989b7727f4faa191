import assert from 'node:assert/strict';
import { test } from 'node:test';
import { troubleText } from '../../src/kernel/trouble';

const words = {
  __: (text: string, ...args: (string | number)[]) =>
    args.reduce<string>((sentence, arg, i) => sentence.replace(`%${i + 1}`, String(arg)), text)
};

test('a dead kernel says which limit it hit and what the server advises', () => {
  const told = troubleText({ kind: 'died', reason: 'memory', message: 'Work on less data.' }, words);
  assert.deepEqual(told, { title: 'The kernel ran out of memory', text: 'Work on less data.' });
  const reasons = [
    'wall_clock',
    'flood',
    'processes',
    'idle',
    'engine_gone',
    'server_restart',
    'server_gone',
    'server_drained',
    'restart_failed',
    'admin',
    'exited'
  ];
  const titles = reasons.map(reason => troubleText({ kind: 'died', reason, message: '' }, words).title);
  assert.equal(new Set(titles).size, titles.length);
});

test('a reason that we do not know still says what to do', () => {
  const told = troubleText({ kind: 'died', reason: 'gremlins', message: '' }, words);
  assert.equal(told.title, 'The kernel crashed');
  assert.match(told.text, /Restart/);
});

test("the place in the queue is told, and one's turn", () => {
  assert.match(
    troubleText({ kind: 'waiting', position: 3, seconds: null }, words).text,
    /number 3 in the queue\.$/
  );
  assert.match(
    troubleText({ kind: 'waiting', position: 3, seconds: 8 }, words).text,
    /number 3 .* about 8 s/
  );
  assert.match(troubleText({ kind: 'waiting', position: 0, seconds: 0 }, words).text, /your turn/);
});

test('a limit that a living kernel ran into has its own words and the advice of the server', () => {
  const told = (limit: string) => troubleText({ kind: 'limit', limit, message: 'Start fewer.' }, words);
  assert.deepEqual(told('processes'), { title: 'Too many processes or threads', text: 'Start fewer.' });
  const titles = ['processes', 'memory', 'disk', 'files', 'file_size', 'gremlins'].map(
    limit => told(limit).title
  );
  assert.equal(new Set(titles).size, titles.length);
});
