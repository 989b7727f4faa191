import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { mistakesOf } from '../../src/authoring/rules';
import type { CellLike } from '../../src/lab/checks';

interface Case {
  name: string;
  cells: CellLike[];
  /** code, cell, line */
  mistakes: [string, number | null, number | null][];
}

const cases = JSON.parse(readFileSync('../tests/fixtures/lab-mistakes.json', 'utf-8')) as Case[];

for (const { name, cells, mistakes } of cases) {
  test(`as content check says: ${name}`, () => {
    assert.deepEqual(
      mistakesOf(cells).map(({ code, cell, line }) => [code, cell, line]),
      mistakes
    );
  });
}
