import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LeftOut } from '../../src/saving/left-out';

const message = 'Saved without the outputs of cell 3: with them the notebook is over 16 MB.';
const save = (path: string, more: object = {}) => ({ type: 'save', newValue: { path, ...more } });

test('a save that left outputs out says which, once', () => {
  const leftOut = new LeftOut();
  assert.equal(leftOut.notice(save('a/lab.ipynb', { message })), `lab.ipynb: ${message}`);
  assert.equal(leftOut.notice(save('a/lab.ipynb', { message })), null, 'as before');
  const other = message.replace('cell 3', 'cells 3, 4');
  assert.equal(leftOut.notice(save('a/lab.ipynb', { message: other })), `lab.ipynb: ${other}`);
});

test('a whole save is told of by nobody, and what is left out after it is told again', () => {
  const leftOut = new LeftOut();
  leftOut.notice(save('lab.ipynb', { message }));
  assert.equal(leftOut.notice(save('other.ipynb')), null);
  assert.equal(leftOut.notice(save('lab.ipynb', { message: null })), null);
  assert.equal(leftOut.notice(save('lab.ipynb', { message })), `lab.ipynb: ${message}`);
});

test('other changes of files are none', () => {
  const leftOut = new LeftOut();
  assert.equal(leftOut.notice({ type: 'delete', newValue: null }), null);
  assert.equal(leftOut.notice({ type: 'rename', newValue: { path: 'lab.ipynb', message } }), null);
});
