import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HitList } from '../../src/api/contract';
import { leadsToSearch, searchFor } from '../../src/learn/search';
import { Resource } from '../../src/model/resource';

test('a search asks once, for the words without what is around them', async () => {
  const asked: unknown[] = [];
  const found: HitList = { items: [], has_more: false, next: null };
  const searched = searchFor('  for loop ', question => {
    asked.push(question);
    return new Resource(async () => found);
  });
  await searched?.hits.ensure();
  assert.equal(searched?.words, 'for loop');
  assert.deepEqual(asked, [['/search', { q: 'for loop', limit: 30 }]]);
});

test('no word is no search', () => {
  assert.equal(
    searchFor('  ', () => assert.fail('nothing is asked')),
    null
  );
});

test('a slash leads to the search, but not where it is written', () => {
  const slash = {
    key: '/',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    defaultPrevented: false,
    isWriting: false
  };
  assert.equal(leadsToSearch(slash), true);
  assert.equal(leadsToSearch({ ...slash, isWriting: true }), false);
  assert.equal(leadsToSearch({ ...slash, ctrlKey: true }), false);
  assert.equal(leadsToSearch({ ...slash, key: 'a' }), false);
});
