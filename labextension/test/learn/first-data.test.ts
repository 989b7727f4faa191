import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Roadmap, RoadmapDetail, User } from '../../src/api/contract';
import { takeFirst } from '../../src/learn/first-data';
import { Resource, ResourceMap } from '../../src/model/resource';

function model() {
  const asked: string[] = [];
  const ask = (name: string) => {
    asked.push(name);
    return Promise.reject(new Error('There is no server.'));
  };
  const made = {
    me: new Resource<User>(() => ask('me')),
    roadmaps: new Resource<Roadmap[]>(() => ask('roadmaps')),
    roadmap: new ResourceMap<RoadmapDetail>(slug => ask(slug))
  };
  return { asked, made };
}

test('what came with the page is not asked for', async () => {
  const { asked, made } = model();
  const sent = { me: { id: 'u1' }, roadmaps: { items: [{ slug: 'a' }] }, begun: [{ slug: 'a', nodes: [] }] };
  takeFirst(made, JSON.stringify(sent));
  await Promise.all([made.me.ensure(), made.roadmaps.ensure(), made.roadmap.get('a').ensure()]);
  assert.deepEqual(asked, []);
  assert.equal(made.me.data?.id, 'u1');
  assert.deepEqual(made.roadmaps.data, sent.roadmaps.items);
  assert.deepEqual(made.roadmap.get('a').data, sent.begun[0]);
});

test('without it everything is asked for as ever', async () => {
  const { asked, made } = model();
  takeFirst(made, null);
  await Promise.all([made.me.ensure(), made.roadmap.get('a').ensure()]);
  assert.deepEqual(asked, ['me', 'a']);
});
