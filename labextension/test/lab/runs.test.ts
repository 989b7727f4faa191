import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromTheTop, type Run, runStates, staleCells } from '../../src/lab/runs';

const CELLS = ['a', 'b', 'c', 'd'].map(id => ({ id, source: `${id} = 1` }));

function run(id: string, order: number, change: Partial<Run> = {}): [string, Run] {
  return [id, { source: `${id} = 1`, order, begun: 1000, ended: 1250, failed: false, ...change }];
}

function kinds(...runs: [string, Run][]): string[] {
  return runStates(CELLS, new Map(runs)).map(({ kind }) => kind);
}

test('a cell never ran, runs, is done, or failed', () => {
  const runs = new Map([run('a', 1), run('b', 2, { failed: true }), run('c', 3, { ended: null })]);
  assert.deepEqual(runStates(CELLS, runs), [
    { kind: 'done', ms: 250 },
    { kind: 'failed' },
    { kind: 'running', since: 1000 },
    { kind: 'never' }
  ]);
});

test('a result is old when the text changed, or a cell above ran later', () => {
  assert.deepEqual(kinds(run('a', 1, { source: 'a = 0' }), run('b', 2)), [
    'changed',
    'done',
    'never',
    'never'
  ]);
  assert.deepEqual(kinds(run('a', 3), run('b', 2), run('c', 4)), ['done', 'out-of-order', 'done', 'never']);
});

test('what is stale runs again with all that ran below it, and what never ran stays', () => {
  const stale = (...runs: [string, Run][]) => staleCells(runStates(CELLS, new Map(runs)));
  assert.deepEqual(stale(run('a', 1), run('b', 2)), []);
  assert.deepEqual(stale(run('a', 1), run('b', 2, { source: '' }), run('d', 3)), [1, 3]);
  assert.deepEqual(stale(run('a', 5), run('b', 2)), [1]);
});

test('a notebook that ran from the top has nothing in its way', () => {
  const verdict = (...runs: [string, Run][]) => fromTheTop(runStates(CELLS, new Map(runs)));
  const all = [run('a', 1), run('b', 2), run('c', 3), run('d', 4)];
  assert.deepEqual(verdict(...all), { never: 0, stale: 0, failed: 0 });
  assert.deepEqual(verdict(run('a', 2), run('b', 1), run('c', 3, { failed: true })), {
    never: 1,
    stale: 1,
    failed: 1
  });
});
