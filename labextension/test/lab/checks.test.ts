import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CellLike,
  errorOfCell,
  failingCell,
  headingAbove,
  inWords,
  isTest,
  summarise
} from '../../src/lab/checks';

const mark = (grade_id: string, points: number, solution = false) => ({
  nbgrader: { grade: true, solution, grade_id, points, locked: !solution, schema_version: 3, task: false }
});
const failed = (ename: string, evalue: string) => [
  { output_type: 'stream', text: 'hello' },
  { output_type: 'error', ename, evalue, traceback: ['line 1'] }
];

const cells: CellLike[] = [
  { cell_type: 'markdown', source: '# Lab\n\ntext', metadata: {} },
  { cell_type: 'code', source: ['def f():\n', '  pass'], metadata: {}, outputs: [] },
  { cell_type: 'markdown', source: 'Some text\n\n## 1. The `oven`', metadata: {} },
  {
    cell_type: 'code',
    source: 'assert f()',
    metadata: mark('test-f', 2),
    outputs: failed('AssertionError', 'f gives nothing')
  },
  { cell_type: 'code', source: 'g', metadata: mark('test-g', 1), outputs: failed('NameError', 'no g') },
  { cell_type: 'code', source: 'assert h', metadata: mark('test-h', 1), outputs: [] },
  { cell_type: 'markdown', source: 'essay', metadata: mark('essay', 3, true) }
];

test('a run is summed up by graded cell, under the heading above it', () => {
  const results = summarise(cells, index => index !== 5);
  assert.deepEqual(
    results.map(({ title, status, message, points }) => [title, status, message, points]),
    [
      ['1. The oven', 'failed', 'f gives nothing', 2],
      ['1. The oven', 'error', 'NameError: no g', 1],
      ['1. The oven', 'not_run', '', 1],
      ['1. The oven', 'manual', '', 3]
    ]
  );
});

test('a test that ran without an error passed', () => {
  assert.equal(summarise(cells, () => true)[2].status, 'passed');
});

test('only locked graded code cells are tests', () => {
  assert.deepEqual(cells.map(isTest), [false, false, false, true, true, true, false]);
});

test('the failing cell is the chosen one if it failed, else the first that did', () => {
  assert.equal(failingCell(cells, 4), 4);
  assert.equal(failingCell(cells, 1), 3);
  assert.equal(failingCell(cells.slice(0, 3), 1), null);
});

test('an error is read whole', () => {
  assert.deepEqual(errorOfCell(cells[3]), {
    ename: 'AssertionError',
    evalue: 'f gives nothing',
    traceback: ['line 1']
  });
  assert.equal(errorOfCell(cells[1]), null);
});

test('headings and ids in words', () => {
  assert.equal(headingAbove(cells, 1), 'Lab');
  assert.equal(headingAbove(cells, 0), null);
  assert.equal(inWords('test_to-celsius'), 'to celsius');
});

test('a stub that was not touched is no mistake', () => {
  const stub = { ...cells[3], outputs: failed('NotImplementedError', '') };
  assert.equal(summarise([stub], () => true)[0].status, 'empty');
});

test('of a hidden test a run here says nothing', () => {
  const hidden: CellLike = { cell_type: 'code', source: '\n', metadata: mark('test-hidden', 1), outputs: [] };
  assert.deepEqual(
    summarise([...cells, hidden], () => true).map(({ grade_id }) => grade_id),
    ['test-f', 'test-g', 'test-h', 'essay']
  );
});
