import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathOf, type Route, routeOf } from '../../src/learn/address';
import { nextPath } from '../../src/pages/urls';

const ROUTES: [Route, string][] = [
  [{ page: 'home' }, '/nexus/learn'],
  [{ page: 'forum' }, '/nexus/learn/forum'],
  [{ page: 'roadmap', slug: 'python-foundations' }, '/nexus/learn/roadmaps/python-foundations'],
  [
    { page: 'node', roadmap: 'python-foundations', node: 'first-steps' },
    '/nexus/learn/roadmaps/python-foundations/first-steps'
  ],
  [{ page: 'notebook', path: 'a b/c#d.ipynb' }, '/nexus/learn/notebooks/a%20b/c%23d.ipynb']
];

test('every page has an address that leads back to it', () => {
  for (const [route, path] of ROUTES) {
    assert.equal(pathOf(route, '/'), path);
    assert.deepEqual(routeOf(path, '/'), route);
    assert.deepEqual(routeOf(pathOf(route, '/base/'), '/base/'), route);
  }
});

test('addresses that lead nowhere are known as such', () => {
  for (const path of [
    '/nexus/learned',
    '/nexus/learn/nope',
    '/nexus/learn/forum/x',
    '/nexus/learn/roadmaps',
    '/nexus/learn/roadmaps/a/b/c',
    '/nexus/learn/roadmaps/%E0%A4%A'
  ]) {
    assert.deepEqual(routeOf(path, '/'), { page: 'unknown' }, path);
  }
});

test('a login leads back to a page of the application', () => {
  const path = '/nexus/learn/roadmaps/a/b';
  assert.equal(nextPath(`?next=${encodeURIComponent(path)}`, '/'), path);
  assert.equal(nextPath('?next=/nexus/learned', '/'), '/nexus');
});
