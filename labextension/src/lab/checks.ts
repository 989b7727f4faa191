/** Which cells of a notebook are graded, and what a run of them says. Pure: works on nbformat's JSON. */

import type { CellError } from '../api/contract';

export interface CellLike {
  cell_type: string;
  source: string | string[];
  metadata: Record<string, unknown>;
  outputs?: OutputLike[];
  execution_count?: number | null;
  attachments?: Record<string, Record<string, unknown>>;
}

/** The cells of a notebook in nbformat's JSON. */
export function cellsOf({ cells }: Record<string, unknown>): CellLike[] {
  return Array.isArray(cells) ? (cells as CellLike[]) : [];
}

interface OutputLike {
  output_type: string;
  [key: string]: unknown;
}

interface GradeMark {
  grade: boolean;
  solution: boolean;
  grade_id: string;
  points: number;
}

export type CheckStatus = 'passed' | 'failed' | 'error' | 'empty' | 'not_run' | 'manual';

export interface CheckResult {
  /** index of the cell in the notebook */
  index: number;
  grade_id: string;
  /** the heading above the cell, or its id in words */
  title: string;
  points: number;
  status: CheckStatus;
  message: string;
}

/** The nbgrader mark of a cell, or null. */
export function gradeMark(cell: CellLike): GradeMark | null {
  const mark = cell.metadata.nbgrader as Partial<GradeMark> | undefined;
  if (!mark?.grade_id) {
    return null;
  }
  const { grade = false, solution = false, grade_id, points = 0 } = mark;
  return { grade, solution, grade_id, points };
}

/** Whether the cell is a test that a learner sees: it decides itself, by raising or not. */
export function isTest(cell: CellLike): boolean {
  const mark = gradeMark(cell);
  return cell.cell_type === 'code' && mark !== null && mark.grade && !mark.solution;
}

/** Whether the cell is a test whose code a learner does not get: running it here says nothing. */
export function isHiddenTest(cell: CellLike): boolean {
  return isTest(cell) && sourceOf(cell).trim() === '';
}

/** The error in a cell's outputs, or null. */
export function errorOfCell(cell: CellLike): CellError | null {
  const output = cell.outputs?.find(({ output_type }) => output_type === 'error');
  if (!output) {
    return null;
  }
  const { ename, evalue, traceback } = output;
  return {
    ename: String(ename ?? ''),
    evalue: String(evalue ?? ''),
    traceback: Array.isArray(traceback) ? traceback.map(String) : []
  };
}

export function sourceOf(cell: CellLike): string {
  return Array.isArray(cell.source) ? cell.source.join('') : cell.source;
}

/** What the outputs now in the notebook say about each graded cell; of hidden tests they say nothing. `ran` tells which cells were executed. */
export function summarise(cells: CellLike[], ran: (index: number) => boolean): CheckResult[] {
  const results: CheckResult[] = [];
  cells.forEach((cell, index) => {
    const mark = gradeMark(cell);
    if (!mark?.grade || isHiddenTest(cell)) {
      return;
    }
    const title = headingAbove(cells, index) ?? inWords(mark.grade_id);
    const shared = { index, grade_id: mark.grade_id, title, points: mark.points };
    results.push({ ...shared, ...verdict(cell, ran(index)) });
  });
  return results;
}

function verdict(cell: CellLike, ran: boolean): Pick<CheckResult, 'status' | 'message'> {
  if (!isTest(cell)) {
    return { status: 'manual', message: '' };
  }
  const error = errorOfCell(cell);
  // what a released lab raises where the answer belongs
  if (error?.ename === 'NotImplementedError') {
    return { status: 'empty', message: '' };
  }
  if (error) {
    const isAssertion = error.ename === 'AssertionError';
    const message = isAssertion ? error.evalue : [error.ename, error.evalue].filter(Boolean).join(': ');
    return { status: isAssertion ? 'failed' : 'error', message };
  }
  return { status: ran ? 'passed' : 'not_run', message: '' };
}

/** The nearest Markdown heading above a cell, without its marks. */
export function headingAbove(cells: CellLike[], index: number): string | null {
  for (let above = index - 1; above >= 0; above--) {
    const cell = cells[above];
    const heading = cell.cell_type === 'markdown' && /^#{1,6}\s+(.+?)\s*#*$/m.exec(sourceOf(cell));
    if (heading) {
      return heading[1].replace(/[*_`]/g, '');
    }
  }
  return null;
}

/** The cell with a grade id, or null. */
export function findGraded(cells: CellLike[], gradeId: string): CellLike | null {
  return cells.find(cell => gradeMark(cell)?.grade_id === gradeId) ?? null;
}

/** What a graded cell is called: the heading above it, or its id in words. */
export function titleOfGraded(cells: CellLike[], gradeId: string): string {
  const index = cells.findIndex(cell => gradeMark(cell)?.grade_id === gradeId);
  return (index === -1 ? null : headingAbove(cells, index)) ?? inWords(gradeId);
}

/** "test-to-celsius" → "to celsius" */
export function inWords(gradeId: string): string {
  return gradeId.replace(/^test[-_]/, '').replace(/[-_]+/g, ' ');
}

/**
 * The cell a learner needs help with: the chosen one if it failed, else the first that failed; null when none did.
 */
export function failingCell(cells: CellLike[], chosen: number): number | null {
  const failed = (cell: CellLike | undefined) => cell?.cell_type === 'code' && errorOfCell(cell) !== null;
  if (failed(cells[chosen])) {
    return chosen;
  }
  const first = cells.findIndex(failed);
  return first === -1 ? null : first;
}

/** The id of a graded cell, or nothing. */
export function gradeIdOf(cell: CellLike): string | undefined {
  return gradeMark(cell)?.grade_id;
}

/** The answer that the chosen cell belongs to: the one above a test, else the next one, else the last; null when there is none. */
export function taskAt(cells: CellLike[], chosen: number): CellLike | null {
  const places = [...cells.keys()].filter(index => gradeMark(cells[index])?.solution);
  const above = places.filter(index => index <= chosen).at(-1);
  const next = places.find(index => index >= chosen);
  const onTest = cells[chosen] !== undefined && isTest(cells[chosen]);
  const place = (onTest ? above : next) ?? above ?? next;
  return place === undefined ? null : cells[place];
}
