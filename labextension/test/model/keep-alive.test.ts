import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepAlive } from '../../src/model/keep-alive';

test('renews at once, then every five minutes, and not twice in a row', () => {
  let time = 0;
  let renewed = 0;
  let tick: () => void = () => undefined;
  const onWake = keepAlive({
    refresh: async () => ++renewed > 0,
    now: () => time,
    every: run => {
      tick = run;
    }
  });
  assert.equal(renewed, 1);
  onWake();
  assert.equal(renewed, 1);
  time += 5 * 60_000;
  tick();
  assert.equal(renewed, 2);
});

test('a renewal that could not be sent is tried again at the next occasion', async () => {
  let asked = 0;
  const onWake = keepAlive({
    refresh: async () => {
      asked++;
      throw new Error('offline');
    },
    now: () => 0,
    every: () => undefined
  });
  await new Promise(resolve => setImmediate(resolve));
  onWake();
  assert.equal(asked, 2);
});
