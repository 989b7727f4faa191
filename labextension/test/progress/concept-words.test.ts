import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metByRoadmap, standingOf } from '../../src/progress/concept-words';

test('how a concept stands', () => {
  const standing = (looks: number, is_mastered: boolean, is_due: boolean) =>
    standingOf({ looks, is_mastered, is_due });
  assert.equal(standing(0, false, false), 'new');
  assert.equal(standing(2, false, false), 'learning');
  assert.equal(standing(2, true, false), 'mastered');
  assert.equal(standing(9, false, true), 'due');
});

test('a roadmap of which nothing was met is left out', () => {
  const concepts = [
    { roadmap: 'a', looks: 0 },
    { roadmap: 'b', looks: 0 },
    { roadmap: 'b', looks: 3 }
  ];
  assert.deepEqual(metByRoadmap(concepts), [['b', [concepts[1], concepts[2]]]]);
});
