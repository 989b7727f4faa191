import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roadmapToGoOn, stepToGoOn } from '../../src/roadmap/going-on';

test('one goes on with the roadmap that was begun', () => {
  const roadmaps = [{ completion: 0 }, { completion: 1 }, { completion: 0.2 }];
  assert.equal(roadmapToGoOn(roadmaps), roadmaps[2]);
  assert.equal(roadmapToGoOn(roadmaps.slice(0, 2)), roadmaps[0]);
  assert.equal(roadmapToGoOn([roadmaps[1]]), roadmaps[1]);
  assert.equal(roadmapToGoOn([]), null);
});

test('one goes on with the step that was begun, else with the first that is open', () => {
  const [done, open, begun, locked] = (['completed', 'available', 'in_progress', 'locked'] as const).map(
    status => ({
      status
    })
  );
  assert.equal(stepToGoOn([done, open, begun, locked]), begun);
  assert.equal(stepToGoOn([done, open, locked]), open);
  assert.equal(stepToGoOn([done, locked]), null);
});
