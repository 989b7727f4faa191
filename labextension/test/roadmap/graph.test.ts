import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsOf, placesOf } from '../../src/roadmap/graph';

function steps(needs: Record<string, Record<string, unknown>>) {
  return Object.entries(needs).map(([slug, requires]) => ({ slug, requires }));
}

test('a step stands below all that it needs, and beside what needs the same', () => {
  const some = steps({
    a: {},
    b: { all: ['a'] },
    drill: { all: ['a'] },
    c: { all: ['a', 'b'] }
  });
  const places = placesOf(some, needsOf(some));
  assert.deepEqual(
    places.map(({ slug, layer, column }) => [slug, layer, column]),
    [
      ['a', 0, 0],
      ['b', 1, 0],
      ['drill', 1, 1],
      ['c', 2, 0]
    ]
  );
});

test('every kind of prerequisite is a line, and a choice is told apart', () => {
  const some = steps({
    a: {},
    b: {},
    c: { any: ['a', { node: 'b', min_score: 0.5 }] },
    d: { all: [{ any: ['a'] }, { node: 'c', min_score: 0.8 }, 'gone', 'd'] }
  });
  assert.deepEqual(needsOf(some), [
    { from: 'a', to: 'c', isChoice: true },
    { from: 'b', to: 'c', isChoice: true },
    { from: 'a', to: 'd', isChoice: false },
    { from: 'c', to: 'd', isChoice: false }
  ]);
});

test('a circle ends', () => {
  const some = steps({ a: { all: ['b'] }, b: { all: ['a'] } });
  assert.equal(placesOf(some, needsOf(some)).length, 2);
});
