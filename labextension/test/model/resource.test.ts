import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Resource, ResourceMap } from '../../src/model/resource';

test('goes from idle over loading to ready, once', async () => {
  let fetched = 0;
  const resource = new Resource(async () => ++fetched);
  const seen: string[] = [];
  resource.subscribe(() => seen.push(resource.snapshot().status));
  assert.equal(resource.snapshot().status, 'idle');
  await resource.ensure();
  await resource.ensure();
  assert.deepEqual(seen, ['loading', 'ready']);
  assert.equal(resource.data, 1);
});

test('keeps the old value in sight when a reload fails', async () => {
  const answers: (() => Promise<string>)[] = [
    async () => 'old',
    async () => Promise.reject(new Error('down'))
  ];
  const resource = new Resource(() => answers.shift()?.() ?? Promise.reject());
  await resource.ensure();
  await resource.reload();
  const state = resource.snapshot();
  assert.equal(state.status, 'failed');
  assert.equal(state.data, 'old');
  assert.match(String(state.error), /down/);
});

test('a slow earlier answer does not overwrite a later one', async () => {
  const gates: ((value: string) => void)[] = [];
  const resource = new Resource(() => new Promise<string>(resolve => gates.push(resolve)));
  const first = resource.reload();
  const second = resource.reload();
  gates[1]('new');
  await second;
  gates[0]('stale');
  await first;
  assert.equal(resource.data, 'new');
});

test('what changed is fetched again for who looks, and for nobody else before the next look', async () => {
  const asked: string[] = [];
  const map = new ResourceMap(async key => asked.push(key));
  map.get('never shown');
  await map.get('left').ensure();
  const leave = map.get('in sight').subscribe(() => undefined);
  await map.get('in sight').ensure();
  await map.refresh();
  await map.refresh();
  assert.deepEqual(asked, ['left', 'in sight', 'in sight', 'in sight']);
  await map.get('left').ensure();
  await map.get('left').ensure();
  leave();
  assert.deepEqual(asked.slice(4), ['left']);
});

test('a change in place does not hide that the rest is out of date', async () => {
  let fetched = 0;
  const resource = new Resource(async () => ++fetched);
  await resource.ensure();
  await resource.refresh();
  resource.update(value => value + 10);
  await resource.ensure();
  assert.equal(resource.data, 2);
});

test('a reload that another one overtakes ends with the newer answer', async () => {
  const answers: ((value: string) => void)[] = [];
  const resource = new Resource(() => new Promise<string>(resolve => answers.push(resolve)));
  const first = resource.reload().then(() => resource.data);
  const second = resource.reload();
  answers[0]('old');
  await Promise.resolve();
  answers[1]('new');
  await second;
  assert.equal(await first, 'new');
});
