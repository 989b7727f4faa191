/** What a cell is for, in nbgrader's metadata and e2xgrader's, as `nexus_server/notebook_format` reads them. Pure. */

import { type CellLike, sourceOf } from '../lab/checks';
import { choiceKind } from '../lab/choices';
import { regionsOf } from './regions';

/** The roles that an author chooses among. */
export type AuthorRole =
  | 'text'
  | 'answer'
  | 'test'
  | 'hidden'
  | 'manual'
  | 'task'
  | 'singlechoice'
  | 'multiplechoice'
  | 'readonly';

export interface NbgraderMark {
  schema_version?: number;
  grade?: boolean;
  solution?: boolean;
  locked?: boolean;
  task?: boolean;
  grade_id?: string;
  points?: number;
  [key: string]: unknown;
}

/** The roles that a code cell, or a Markdown cell, may have. */
export const ROLES: Record<string, AuthorRole[]> = {
  code: ['text', 'answer', 'test', 'hidden', 'manual', 'readonly'],
  markdown: ['text', 'manual', 'task', 'singlechoice', 'multiplechoice', 'readonly'],
  raw: ['text', 'readonly']
};

const GRADED: readonly AuthorRole[] = ['test', 'hidden', 'manual', 'task', 'singlechoice', 'multiplechoice'];

/** Whether cells of a role give points. */
export function isGraded(role: AuthorRole): boolean {
  return GRADED.includes(role);
}

export function markOf(cell: CellLike): NbgraderMark {
  const raw = cell.metadata.nbgrader;
  return raw && typeof raw === 'object' && !Array.isArray(raw) ? (raw as NbgraderMark) : {};
}

/** What a cell is for. */
export function roleOf(cell: CellLike): AuthorRole {
  const { grade, solution, locked, task } = markOf(cell);
  if (task === true) {
    return 'task';
  }
  if (grade === true && solution === true) {
    return (cell.cell_type === 'markdown' && choiceKind(cell.metadata.extended_cell)) || 'manual';
  }
  if (grade === true) {
    return isWhollyHidden(sourceOf(cell)) ? 'hidden' : 'test';
  }
  return solution === true ? 'answer' : locked === true ? 'readonly' : 'text';
}

/** Whether learners get nothing of a test. */
function isWhollyHidden(source: string): boolean {
  const { spans } = regionsOf(source, 'HIDDEN TESTS');
  const isOutside = (line: string, at: number) =>
    line.trim() !== '' && !spans.some(({ begin, end }) => begin <= at + 1 && at + 1 <= end);
  return spans.length > 0 && !source.split('\n').some(isOutside);
}

/** The points that a cell gives. */
export function pointsOf(cell: CellLike): number {
  const { points } = markOf(cell);
  return isGraded(roleOf(cell)) && typeof points === 'number' && Number.isFinite(points) ? points : 0;
}

/** The points that a lab gives together. */
export function totalPoints(cells: CellLike[]): number {
  return Math.round(cells.reduce((sum, cell) => sum + pointsOf(cell), 0) * 1e6) / 1e6;
}

/** The metadata of a cell that has another role now; what else is in them stays. */
export function withRole(cell: CellLike, role: AuthorRole, newId: string): Record<string, unknown> {
  const { nbgrader: _, extended_cell: extended, ...rest } = cell.metadata;
  if (role === 'text') {
    return rest;
  }
  const before = markOf(cell);
  const isChoice = role === 'singlechoice' || role === 'multiplechoice';
  const isTest = role === 'test' || role === 'hidden';
  const nbgrader: NbgraderMark = {
    schema_version: 3,
    grade_id: before.grade_id || newId,
    grade: isTest || isChoice || role === 'manual',
    solution: role === 'answer' || isChoice || role === 'manual',
    locked: isTest || role === 'readonly' || role === 'task',
    task: role === 'task',
    cell_type: cell.cell_type
  };
  if (isGraded(role)) {
    nbgrader.points = typeof before.points === 'number' ? before.points : 1;
  }
  const kept = isChoice ? { extended_cell: { ...(extended as object), type: role } } : {};
  return { ...rest, ...kept, nbgrader };
}

/** An id that no other cell has: after the function that the cell defines, or its role. */
export function freshId(cells: CellLike[], index: number, role: AuthorRole): string {
  const taken = new Set(cells.map(cell => markOf(cell).grade_id));
  const named = functionAbove(cells, index);
  const words: Partial<Record<AuthorRole, string>> = { test: 'test', hidden: 'test', readonly: 'given' };
  const word = words[role] ?? (isGraded(role) ? 'question' : 'answer');
  const stem = named && role === 'answer' ? named : named && word === 'test' ? `test-${named}` : word;
  for (let number = 1; ; number++) {
    const id = number === 1 ? stem : `${stem}-${number}`;
    if (!taken.has(id)) {
      return id;
    }
  }
}

function functionAbove(cells: CellLike[], index: number): string | null {
  for (let at = index; at >= 0; at--) {
    const found =
      cells[at].cell_type === 'code' && /^\s*(?:def|function)\s+([A-Za-z_]\w*)/m.exec(sourceOf(cells[at]));
    if (found) {
      return found[1].replace(/_/g, '-');
    }
  }
  return null;
}
