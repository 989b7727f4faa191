import assert from 'node:assert/strict';
import { test } from 'node:test';
import { givenName } from '../src/given-names';
import { wordsOf } from '../src/words';

const english = wordsOf({});
const german = wordsOf({
  '': ['not a text'],
  '%1 of %2': ['%1 von %2'],
  '%1 day': ['%1 Tag', '%1 Tage'],
  'menu\u0004Open': ['Öffnen'],
  Novice: ['Neuling']
});

test('placeholders are filled in, in any order and more than once', () => {
  assert.equal(english.__('%2 of %1, %1', 'ten', 3), '3 of ten, ten');
  assert.equal(english.__('100 %% of %1', 'it'), '100 % of it');
  assert.equal(english.__('%1', '%2 is no placeholder'), '%2 is no placeholder');
});

test('one and several', () => {
  assert.equal(english._n('%1 day', '%1 days', 1), '1 day');
  assert.equal(english._n('%1 day of %2', '%1 days of %2', 0, 'May'), '0 days of May');
  assert.equal(english._np('context', 'one', 'several', 2), 'several');
});

test('a catalog says it in its language', () => {
  assert.equal(german.__('%1 of %2', 3, 10), '3 von 10');
  assert.equal(german._n('%1 day', '%1 days', 1), '1 Tag');
  assert.equal(german._n('%1 day', '%1 days', 5), '5 Tage');
  assert.equal(german._p('menu', 'Open'), 'Öffnen');
});

test('what a catalog does not have stays as it is in the code', () => {
  assert.equal(german.__('Open'), 'Open');
  assert.equal(german.__('toString'), 'toString');
  assert.equal(german._n('%1 night', '%1 nights', 2), '2 nights');
});

test('names that come with the product are translated, those of authors are not', () => {
  assert.equal(givenName('Novice', german), 'Neuling');
  assert.equal(givenName('Hero of the course', german), 'Hero of the course');
});
