/** The marking desk in words. Pure. */

import type { MarkOutcome, RubricItem } from '../api/contract';
import { points } from '../format';

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
  _n: (one: string, many: string, count: number, ...args: (string | number)[]) => string;
}

/** "+2", "−1.5", "0" */
export function signed(value: number): string {
  return value > 0 ? `+${points(value)}` : value < 0 ? `−${points(-value)}` : '0';
}

/** What the chosen items give together, as the server counts it. */
export function sumOf(items: RubricItem[], chosen: string[], startsFull: boolean, most: number): number {
  const sum = items
    .filter(({ id }) => chosen.includes(id))
    .reduce((all, item) => all + item.points, startsFull ? most : 0);
  return Math.min(most, Math.max(0, Math.round(sum * 1e6) / 1e6));
}

/** Why some answers were left as they were; null when all were marked. */
export function leftText(left: MarkOutcome['left'], trans: Words): string | null {
  const why = {
    gone: trans.__('a newer attempt came'),
    in_hand: trans.__('somebody else has it in hand'),
    marked: trans.__('somebody else marked it'),
    regraded: trans.__('it is being graded again')
  };
  if (left.length === 0) {
    return null;
  }
  const reasons = [...new Set(left.map(each => why[each.why]))].join(', ');
  return trans._n(
    '%1 answer was left as it is: %2.',
    '%1 answers were left as they are: %2.',
    left.length,
    reasons
  );
}

/** Where a mark came from. */
export function originWord(origin: string, trans: Words): string {
  const words: Record<string, string> = {
    page: trans.__('on the submission’s page'),
    desk: trans.__('at the marking desk'),
    group: trans.__('with its group'),
    rubric: trans.__('by a change of the rubric'),
    request: trans.__('request'),
    settled: trans.__('final mark'),
    undo: trans.__('undone')
  };
  return words[origin] ?? origin;
}
