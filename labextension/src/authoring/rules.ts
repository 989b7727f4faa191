/**
 * What is wrong with a lab, said while its author types.
 *
 * The rules are those of `nexus_server/notebook_format/validation.py`, with its codes; both are held to the same cases
 * (`tests/fixtures/lab-mistakes.json`). Whatever only the server can tell is left to *Check*. Pure.
 */

import { type CellLike, sourceOf } from '../lab/checks';
import { type Region, regionsOf } from './regions';
import { type AuthorRole, isGraded, markOf, type NbgraderMark, roleOf } from './roles';

export interface Mistake {
  code: string;
  /** counted from 0; null: the notebook */
  cell: number | null;
  /** inside the cell, counted from 1; null: no line of its own */
  line: number | null;
  /** what the text about it names: an id, or a region */
  what: string;
}

const GRADE_ID = /^[a-zA-Z0-9_-]+$/;
const AUTOTEST = /^\s*#+\s*(?:HASHED\s+)?AUTOTEST\b/;
const OPTION = /^ {0,3}(?:[-*+]|\d+[.)])[ \t]+(?:\[([ xX])\][ \t]+)?/;
/** Points of a cell; 0 is allowed, too. */
const MIN_POINTS = 0.001;
const MAX_POINTS = 10000;
const STAFF_TAG = 'remove-for-students';
const NBGRADER_KEYS = new Set([
  'schema_version',
  'grade',
  'locked',
  'solution',
  'task',
  'grade_id',
  'points',
  'checksum',
  'cell_type'
]);
const NEXUS_KEYS = new Set(['concepts', 'hints', 'rubric', 'messages']);

/** Every mistake, in the order of the cells. */
export function mistakesOf(cells: CellLike[]): Mistake[] {
  const found = cells.flatMap(mistakesOfCell);
  const first = new Map<string, number>();
  cells.forEach((cell, index) => {
    const { grade_id: id } = markOf(cell);
    if (id && roleOf(cell) !== 'text') {
      if (first.has(id)) {
        found.push({ code: 'duplicate_id', cell: index, line: null, what: id });
      }
      first.set(id, first.get(id) ?? index);
    }
  });
  if (!cells.some(cell => isGraded(roleOf(cell)))) {
    found.push({ code: 'nothing_graded', cell: null, line: null, what: '' });
  }
  return found.sort((one, other) => (one.cell ?? Infinity) - (other.cell ?? Infinity));
}

function mistakesOfCell(cell: CellLike, index: number): Mistake[] {
  const mark = markOf(cell);
  const role = roleOf(cell);
  const at = (code: string, what: string, line: number | null = null) => ({ code, cell: index, line, what });
  const id = String(mark.grade_id ?? '');
  const found = role === 'text' ? [] : CHECKS.map(check => check(cell, role, mark)).filter(isCode);
  const isNotForLearners = isForStaff(cell) && role === 'text';
  return [
    ...found.map(code => at(code, id)),
    ...unknownKeys(cell).map(key => at('unknown_metadata', key)),
    ...(isNotForLearners
      ? []
      : markerMistakes(cell, role).map(([code, region, line]) => at(code, region, line))),
    ...(isNotForLearners || mark.grade !== true
      ? []
      : autotests(cell).map(line => at('autotest_directive', id, line)))
  ];
}

type Check = (cell: CellLike, role: AuthorRole, mark: NbgraderMark) => string | null;

const CHECKS: Check[] = [
  (_, __, { grade_id: id }) => (!id ? 'missing_id' : GRADE_ID.test(id) ? null : 'invalid_id'),
  (_, role, mark) => (isGraded(role) ? wrongPoints(mark) : null),
  ({ cell_type: type }, role) => wrongType(type, role),
  (cell, role) => (isChoice(role) && !hasRightChoice(cell, role) ? 'choice_without_answer' : null),
  (cell, role) => (isForStaff(cell) && isAnswered(role) ? 'answer_for_staff' : null)
];

function isCode(code: string | null): code is string {
  return code !== null;
}

function wrongPoints(mark: NbgraderMark): string | null {
  if (!('points' in mark)) {
    return 'missing_points';
  }
  const { points } = mark;
  const isRight =
    typeof points === 'number' && (points === 0 || (points >= MIN_POINTS && points <= MAX_POINTS));
  return isRight ? null : 'invalid_points';
}

function wrongType(type: string, role: AuthorRole): string | null {
  const isText = type === 'markdown';
  if (type !== 'code' && !isText && role !== 'readonly') {
    return 'no_cell_for_learners';
  }
  if (role === 'task') {
    return isText ? null : 'task_not_markdown';
  }
  if (isText && (role === 'test' || role === 'hidden')) {
    return 'markdown_tests';
  }
  return isText && role === 'answer' ? 'markdown_without_points' : null;
}

function isChoice(role: AuthorRole): boolean {
  return role === 'singlechoice' || role === 'multiplechoice';
}

function isAnswered(role: AuthorRole): boolean {
  return role === 'answer' || role === 'manual' || role === 'task' || isChoice(role);
}

function isForStaff({ metadata }: CellLike): boolean {
  return Array.isArray(metadata.tags) && metadata.tags.includes(STAFF_TAG);
}

/** Whether a choice cell says which options are right: by ticks, or else by the numbers in its metadata. */
function hasRightChoice(cell: CellLike, role: AuthorRole): boolean {
  const ticks = sourceOf(cell)
    .split('\n')
    .map(line => OPTION.exec(line))
    .filter(match => match !== null)
    .map(match => (match[1] ?? ' ') !== ' ');
  const ticked = ticks.flatMap((tick, number) => (tick ? [number] : []));
  const right = ticked.length > 0 ? ticked : notedChoice(cell);
  const isOne = role !== 'singlechoice' || right.length === 1;
  return right.length > 0 && Math.max(...right) < ticks.length && isOne;
}

function notedChoice({ metadata }: CellLike): number[] {
  const noted = (metadata.extended_cell as { choice?: unknown } | undefined)?.choice;
  const texts = Array.isArray(noted) ? noted.map(String) : [];
  return [...new Set(texts.filter(text => /^\d{1,3}$/.test(text)).map(Number))];
}

/** Keys that nobody reads, which are nearly always misspelt ones. */
function unknownKeys({ metadata }: CellLike): string[] {
  const mark = metadata.nbgrader as NbgraderMark | undefined;
  const isCurrent =
    mark?.schema_version === 3 && [mark.grade, mark.solution, mark.locked, mark.task].includes(true);
  const own = isCurrent
    ? Object.keys(mark)
        .filter(key => !NBGRADER_KEYS.has(key))
        .sort()
    : [];
  const nexus = metadata.nexus && typeof metadata.nexus === 'object' ? Object.keys(metadata.nexus) : [];
  return [
    ...own.slice(0, 1).map(key => `nbgrader.${key}`),
    ...nexus.filter(key => !NEXUS_KEYS.has(key)).map(key => `nexus.${key}`)
  ];
}

const ALLOWED: Record<Region, (role: AuthorRole) => boolean> = {
  SOLUTION: role => role === 'answer' || role === 'manual' || isChoice(role),
  'HIDDEN TESTS': role => isGraded(role) && role !== 'task',
  'MARK SCHEME': role => role === 'task' || role === 'manual' || isChoice(role)
};

function markerMistakes(cell: CellLike, role: AuthorRole): [string, Region, number][] {
  return (Object.keys(ALLOWED) as Region[]).flatMap((region): [string, Region, number][] => {
    const { spans, broken } = regionsOf(sourceOf(cell), region);
    if (broken !== null) {
      return [['unbalanced_markers', region, broken]];
    }
    return spans.length > 0 && !ALLOWED[region](role) ? [['misplaced_region', region, spans[0].begin]] : [];
  });
}

function autotests(cell: CellLike): number[] {
  return sourceOf(cell)
    .split('\n')
    .flatMap((line, at) => (AUTOTEST.test(line) ? [at + 1] : []));
}
