import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from '../../src/learn/address';
import { Router } from '../../src/learn/router';

/** A window whose history goes back when the test says so. */
function browser() {
  const pages = ['/nexus/learn'];
  const listeners: (() => void)[] = [];
  const location = {
    get pathname() {
      return pages[pages.length - 1];
    }
  };
  const history = { pushState: (_state: unknown, _title: string, path: string) => void pages.push(path) };
  const window = {
    location,
    history,
    addEventListener: (_: string, run: () => void) => void listeners.push(run)
  };
  Object.assign(globalThis, { window });
  const back = () => {
    pages.pop();
    for (const run of listeners) {
      run();
    }
  };
  return { router: new Router('/'), back };
}

function later() {
  let found: (route: Route) => void = () => undefined;
  const search = new Promise<Route>(resolve => {
    found = resolve;
  });
  return { search, found };
}

const FORUM: Route = { page: 'forum' };
const BADGES: Route = { page: 'badges' };

test('of two pages that are looked for, the one that was asked for last is shown', async () => {
  const { router } = browser();
  const slow = later();
  const quick = later();
  const going = [router.goWhenFound(slow.search), router.goWhenFound(quick.search)];
  quick.found(FORUM);
  await going[1];
  slow.found(BADGES);
  await going[0];
  assert.deepEqual(router.snapshot().route, FORUM);
});

test('who goes elsewhere, or back, while a page is looked for stays there', async () => {
  const { router, back } = browser();
  router.go(FORUM);
  const first = later();
  const going = router.goWhenFound(first.search);
  router.go(BADGES);
  first.found(FORUM);
  await going;
  assert.deepEqual(router.snapshot().route, BADGES);
  const second = later();
  const goingOn = router.goWhenFound(second.search);
  back();
  second.found(BADGES);
  await goingOn;
  assert.deepEqual(router.snapshot().route, FORUM);
});
