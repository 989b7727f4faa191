import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureAt } from '../../src/teaching/pictures';

const attachments = {
  'd.png': { 'image/png': 'aGVs\nbG8=' },
  'my drawing.png': { 'image/svg+xml': '<svg/>', 'image/png': 'aGVsbG8=' },
  'page.svg': { 'image/svg+xml': '<svg onload="steal()"/>' },
  'bad.png': { 'image/png': '"><script>' }
};

test('a pasted picture is shown where the text names it', () => {
  assert.equal(pictureAt('attachment:d.png', attachments), 'data:image/png;base64,aGVsbG8=');
  assert.equal(pictureAt('attachment:my%20drawing.png', attachments), 'data:image/png;base64,aGVsbG8=');
});

test('what is no picture is not shown', () => {
  for (const src of [
    'attachment:page.svg',
    'attachment:bad.png',
    'attachment:none.png',
    'attachment:%',
    'd.png'
  ]) {
    assert.equal(pictureAt(src, attachments), undefined);
  }
});
