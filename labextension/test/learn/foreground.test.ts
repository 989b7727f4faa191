import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Foreground } from '../../src/learn/foreground';

test('a question is answered once, and goes', async () => {
  const foreground = new Foreground();
  const answer = foreground.ask({ title: 'Join', yes: 'Join' }, true);
  foreground.snapshot().question?.answer('A1');
  assert.equal(await answer, 'A1');
  assert.equal(foreground.snapshot().question, null);
});

test('a second question leaves what the first was about as it is', async () => {
  const foreground = new Foreground();
  const first = foreground.ask({ title: 'One', yes: 'Yes' }, false);
  const second = foreground.ask({ title: 'Two', yes: 'Yes' }, false);
  assert.equal(await first, null);
  assert.equal(foreground.snapshot().question?.title, 'Two');
  foreground.snapshot().question?.answer('');
  assert.equal(await second, '');
});

test('news stay until they are closed', () => {
  const foreground = new Foreground();
  foreground.tell({ kind: 'info', text: 'One', lastsMs: null });
  foreground.tell({ kind: 'info', text: 'Two', lastsMs: null });
  const [{ id }] = foreground.snapshot().news;
  foreground.close(id);
  assert.deepEqual(
    foreground.snapshot().news.map(({ text }) => text),
    ['Two']
  );
});
