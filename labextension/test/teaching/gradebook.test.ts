import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Gradebook, GradebookCell, GradebookRow, GradingScheme } from '../../src/api/contract';
import { arranged, BY_NAME, derivation, formula, sortedBy } from '../../src/teaching/gradebook';

const fill = (text: string, ...args: (string | number)[]) =>
  args.reduce<string>((sentence, arg, at) => sentence.replace(`%${at + 1}`, String(arg)), text);
const words = {
  __: fill,
  _n: (one: string, many: string, count: number) => fill(count === 1 ? one : many, count)
};

function cell(score: number | null, more: Partial<GradebookCell> = {}): GradebookCell {
  const plain = { status: null, is_marked: false, attempts: 0, needs_manual: false, is_stuck: false };
  return { node_id: 'lab', score, ...plain, ...more };
}

function student(name: string, final: string | null, of: GradebookCell, note = ''): GradebookRow {
  return {
    user_id: name,
    display_name: name,
    email: `${name.toLowerCase()}@example.org`,
    xp: 0,
    completed: 0,
    score: 0,
    final,
    parts: [{ percent: final, dropped: [] }],
    note,
    cells: [of]
  };
}

const SCHEME: GradingScheme = {
  categories: [
    { name: 'Labs', weight: '60', drop_lowest: 1, steps: ['lab', 'other'] },
    { name: 'Reading', weight: '20.5', drop_lowest: 0, steps: [] }
  ],
  missing: 'zero'
};

const BOOK: Gradebook = {
  roadmap: 'tiny',
  scheme: SCHEME,
  is_own_scheme: true,
  nodes: [{ id: 'lab', slug: 'lab', title: 'The lab', type: 'lab', points: 10 }],
  items: [
    student('Ömer', '9.50', cell(0.1, { is_stuck: true })),
    student('bob', '100.00', cell(1, { is_marked: true }), 'Was ill.'),
    student('Ada', null, cell(null)),
    student('Zoe', '50.00', cell(0.5, { needs_manual: true }))
  ],
  next: null
};

const names = (change: Partial<typeof BY_NAME>) =>
  arranged(BOOK, { ...BY_NAME, ...change }).map(({ display_name }) => display_name);

test('students are sorted by name as people sort them', () => {
  assert.deepEqual(names({}), ['Ada', 'bob', 'Ömer', 'Zoe']);
  assert.deepEqual(names({ isDescending: true }), ['Zoe', 'Ömer', 'bob', 'Ada']);
});

test('numbers are sorted as numbers, and who has none comes last either way', () => {
  assert.deepEqual(names({ column: 'final' }), ['Ömer', 'Zoe', 'bob', 'Ada']);
  assert.deepEqual(names({ column: 'lab', isDescending: true }), ['bob', 'Zoe', 'Ömer', 'Ada']);
});

test('a column that is chosen again turns the order round', () => {
  const first = sortedBy(BY_NAME, 'final');
  assert.deepEqual([first.column, first.isDescending], ['final', false]);
  assert.equal(sortedBy(first, 'final').isDescending, true);
});

test('students are found by name, address and note, and by what they need', () => {
  assert.deepEqual(names({ text: ' ÖM ' }), ['Ömer']);
  assert.deepEqual(names({ text: 'zoe@' }), ['Zoe']);
  assert.deepEqual(names({ text: 'was ill' }), ['bob']);
  assert.deepEqual(names({ shown: 'waiting' }), ['Zoe']);
  assert.deepEqual(names({ shown: 'stuck' }), ['Ömer']);
  assert.deepEqual(names({ shown: 'marked' }), ['bob']);
  assert.deepEqual(names({ shown: 'noted' }), ['bob']);
  assert.deepEqual(names({ shown: 'below-half' }), ['Ömer']);
});

test('the formula says what counts how much', () => {
  assert.deepEqual(formula(SCHEME, words), [
    'Final grade = (Labs × 60 + Reading × 20.5) ÷ 80.5.',
    'In a category, each step counts by its points.',
    'Of Labs, 1 step is dropped: the one without which the grade is best.',
    'What is missing counts as zero.'
  ]);
});

test('a grade says what it comes from', () => {
  const row = {
    ...BOOK.items[0],
    final: '80.00',
    parts: [
      { percent: '80.00', dropped: ['lab'] },
      { percent: null, dropped: [] }
    ]
  };
  assert.deepEqual(derivation(SCHEME, row, { lab: 'The lab' }, words), [
    '(Labs 80.00% × 60) ÷ 60 = 80.00%',
    'Labs without The lab'
  ]);
  assert.deepEqual(derivation(SCHEME, { ...row, final: null, parts: [] as never[] }, {}, words).length, 1);
});
