import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deskKey, keyOf, type Pressed } from '../../src/marking/keys';

const press = (key: string, code: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  code,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more
});

test('digits choose items by their place, the zero the tenth', () => {
  assert.deepEqual(deskKey(press('1', 'Digit1')), { does: 'choose', place: 0 });
  assert.deepEqual(deskKey(press('0', 'Numpad0')), { does: 'choose', place: 9 });
  assert.equal(keyOf(0), '1');
  assert.equal(keyOf(9), '0');
  assert.equal(keyOf(10), '');
});

test('with shift an item is given alone, whatever sign the keyboard makes of it', () => {
  assert.deepEqual(deskKey(press('!', 'Digit1', { shiftKey: true })), { does: 'give_alone', place: 0 });
  assert.deepEqual(deskKey(press('"', 'Digit2', { shiftKey: true })), { does: 'give_alone', place: 1 });
});

test('keyboards that write digits with other keys are understood', () => {
  assert.deepEqual(deskKey(press('3', 'Quote')), { does: 'choose', place: 2 });
});

test('letters are commands; combinations belong to the browser', () => {
  assert.deepEqual(deskKey(press('Enter', 'Enter')), { does: 'give' });
  assert.deepEqual(deskKey(press('N', 'KeyN')), { does: 'skip' });
  assert.equal(deskKey(press('n', 'KeyN', { ctrlKey: true })), null);
  assert.equal(deskKey(press('x', 'KeyX')), null);
});
