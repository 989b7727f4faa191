/** A gradebook as one looks at it: whom it shows, in which order, and how a grade came about, in words. Pure. */

import type { Gradebook, GradebookRow, GradingScheme } from '../api/contract';

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
  _n: (one: string, many: string, count: number) => string;
}

/** Which students are shown. */
export type Shown = 'all' | 'waiting' | 'stuck' | 'marked' | 'noted' | 'below-half';

export interface Arrangement {
  /** part of a name, an address or a note */
  text: string;
  shown: Shown;
  /** name, email, final, or a step's id */
  column: string;
  isDescending: boolean;
}

export const BY_NAME: Arrangement = { text: '', shown: 'all', column: 'name', isDescending: false };

/** The students that are shown, in order; those without a value in the column come last either way. */
export function arranged(book: Gradebook, by: Arrangement): GradebookRow[] {
  const wanted = by.text.trim().toLocaleLowerCase();
  const rows = book.items.filter(
    row =>
      SHOWN[by.shown](row) &&
      [row.display_name, row.email, row.note].some(text => text.toLocaleLowerCase().includes(wanted))
  );
  const place = book.nodes.findIndex(({ id }) => id === by.column);
  const standing = (row: GradebookRow) => (place >= 0 ? row.cells[place].score : COLUMNS[by.column]?.(row));
  const sign = by.isDescending ? -1 : 1;
  return rows
    .map(row => ({ row, value: standing(row) ?? null }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) {
        return Number(a.value === null) - Number(b.value === null);
      }
      return sign * (typeof a.value === 'number' ? a.value - Number(b.value) : compare(a.value, b.value));
    })
    .map(({ row }) => row);
}

/** The same column again turns the order round; numbers begin with the lowest, who need help first. */
export function sortedBy(by: Arrangement, column: string): Arrangement {
  return { ...by, column, isDescending: by.column === column && !by.isDescending };
}

function compare(a: string, b: string | number): number {
  return a.localeCompare(String(b), undefined, { sensitivity: 'base' });
}

const COLUMNS: Record<string, (row: GradebookRow) => string | number | null> = {
  name: row => row.display_name,
  email: row => row.email,
  final: row => (row.final === null ? null : Number(row.final))
};

const SHOWN: Record<Shown, (row: GradebookRow) => boolean> = {
  all: () => true,
  waiting: row => row.cells.some(cell => cell.needs_manual),
  stuck: row => row.cells.some(cell => cell.is_stuck),
  marked: row => row.cells.some(cell => cell.is_marked),
  noted: row => row.note !== '',
  'below-half': row => row.final !== null && Number(row.final) < 50
};

/** How final grades come about, a sentence each. */
export function formula(scheme: GradingScheme, trans: Words): string[] {
  const { categories } = scheme;
  const whole = categories.map(({ name, weight }) => trans.__('%1 × %2', name, Number(weight))).join(' + ');
  return [
    categories.length === 1
      ? trans.__('Final grade = %1.', categories[0].name)
      : trans.__('Final grade = (%1) ÷ %2.', whole, total(scheme)),
    trans.__('In a category, each step counts by its points.'),
    ...categories
      .filter(({ drop_lowest }) => drop_lowest > 0)
      .map(({ name, drop_lowest }) =>
        trans
          ._n(
            'Of %2, %1 step is dropped: the one without which the grade is best.',
            'Of %2, %1 steps are dropped: those without which the grade is best.',
            drop_lowest
          )
          .replace('%2', name)
      ),
    scheme.missing === 'zero'
      ? trans.__('What is missing counts as zero.')
      : trans.__('What is missing does not count.')
  ];
}

/** How one student's grade came about; `titles` by slug. */
export function derivation(
  scheme: GradingScheme,
  row: GradebookRow,
  titles: Record<string, string>,
  trans: Words
): string[] {
  const counted = scheme.categories
    .map((category, place) => ({ category, part: row.parts[place] }))
    .filter(({ part }) => part !== undefined && part.percent !== null);
  const sum = counted.map(
    ({ category, part }) => `${category.name} ${part.percent}% × ${Number(category.weight)}`
  );
  const weights = counted.reduce((all, { category }) => all + Number(category.weight), 0);
  return [
    row.final === null
      ? trans.__('Nothing counts yet.')
      : `(${sum.join(' + ')}) ÷ ${round(weights)} = ${row.final}%`,
    ...counted
      .filter(({ part }) => part.dropped.length > 0)
      .map(({ category, part }) =>
        trans.__('%1 without %2', category.name, part.dropped.map(slug => titles[slug] ?? slug).join(', '))
      )
  ];
}

function total(scheme: GradingScheme): number {
  return round(scheme.categories.reduce((all, { weight }) => all + Number(weight), 0));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
