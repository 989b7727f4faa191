import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SaveTurns } from '../../src/saving/save-turns';

const settled = () => new Promise(resolve => setTimeout(resolve, 5));

/** Saves that end when the test says so. */
function file() {
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const turns = new SaveTurns(() => new Promise<void>((resolve, reject) => ends.push({ resolve, reject })));
  return { ends, turns };
}

test('a save begins when the one before is over, and takes along whoever waits by then', async () => {
  const { ends, turns } = file();
  const first = turns.save();
  await settled();
  const second = turns.save();
  const third = turns.save();
  await settled();
  assert.equal(ends.length, 1, 'never two at once');
  ends[0].resolve();
  await first;
  await settled();
  assert.equal(ends.length, 2);
  ends[1].resolve();
  await Promise.all([second, third]);
  await settled();
  assert.equal(ends.length, 2, 'one for both');
});

test('a save that fails keeps nobody else from saving', async () => {
  const { ends, turns } = file();
  const first = turns.save();
  await settled();
  const second = turns.save();
  ends[0].reject(new Error('full'));
  await assert.rejects(first, /full/);
  await settled();
  ends[1].resolve();
  await second;
});

test('a save is quiet as long as nobody asks for it', async () => {
  const { ends, turns } = file();
  void turns.save({ isQuiet: true });
  await settled();
  assert.equal(turns.isQuiet, true);
  void turns.save({ isQuiet: true });
  void turns.save();
  ends[0].resolve();
  await settled();
  assert.equal(turns.isQuiet, false, 'somebody waits for this one');
});

test('what is under way is waited for, however it ends', async () => {
  const { ends, turns } = file();
  await turns.settled;
  const save = turns.save();
  let isOver = false;
  const wait = turns.settled.then(() => {
    isOver = true;
  });
  await settled();
  assert.equal(isOver, false);
  ends[0].reject(new Error('full'));
  await assert.rejects(save);
  await wait;
});
