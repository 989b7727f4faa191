import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Limits } from '../../src/api/contract';
import { rowsOf } from '../../src/profile/limits';

const MIB = 1024 * 1024;
const limits: Limits = {
  computing_s: { left: 12.4, limit: 30 },
  upload_bytes: { left: 96 * MIB, limit: 96 * MIB },
  kernel_message_bytes: { left: 16 * MIB, limit: 16 * MIB },
  kernel_starts: { left: 5, limit: 30 },
  workspace_bytes: { left: 0, limit: 512 * MIB },
  workspace_files: { left: 9_000, limit: 20_000 }
};

test('every limit that the server names has a row', () => {
  assert.deepEqual(
    rowsOf(limits)
      .map(row => row.name)
      .sort(),
    Object.keys(limits).sort()
  );
});

test('what is left is shown with its unit', () => {
  const figures = Object.fromEntries(rowsOf(limits).map(row => [row.name, `${row.left} of ${row.limit}`]));
  assert.equal(figures.computing_s, '12 s of 30 s');
  assert.equal(figures.upload_bytes, '96 MB of 96 MB');
  assert.equal(figures.kernel_starts, '5 of 30');
  assert.equal(figures.workspace_bytes, '0 MB of 512 MB');
});

test('a limit that is near is told before it is met', () => {
  const scarce = rowsOf(limits)
    .filter(row => row.scarce)
    .map(row => row.name);
  assert.deepEqual(scarce, ['workspace_bytes', 'kernel_starts']);
  assert.equal(rowsOf({ ...limits, kernel_starts: { left: 7, limit: 30 } })[2].scarce, false);
});

test('a limit of nothing is used up, and no share leaves its bounds', () => {
  const odd = rowsOf({
    ...limits,
    kernel_starts: { left: 0, limit: 0 },
    upload_bytes: { left: -5, limit: 10 }
  });
  assert.deepEqual(
    odd.filter(row => row.share === 1).map(row => row.name),
    ['workspace_bytes', 'kernel_starts', 'upload_bytes']
  );
});
