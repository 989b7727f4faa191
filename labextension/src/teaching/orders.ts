/** Where the means and intervals of an order report stand on one scale. Pure. */

import type { OrderReport } from '../api/contract';

export type OrderFigures = Pick<OrderReport['items'][number], 'mastered_per_100_answers' | 'interval'>;

/** A mean and its interval, from 0 on the left to 1 on the right; without an interval both ends are the mean. */
export interface Bar {
  from: number;
  mean: number;
  to: number;
}

/** The end of the scale: the least round number that everything fits below. */
export function scaleEnd(rows: readonly OrderFigures[]): number {
  const most = Math.max(
    0,
    ...rows.flatMap(row => [row.mastered_per_100_answers ?? 0, row.interval?.[1] ?? 0])
  );
  return [5, 10, 20, 50, 100].find(end => most <= end) ?? Math.ceil(most / 100) * 100;
}

export function barOf({ mastered_per_100_answers: mean, interval }: OrderFigures, end: number): Bar | null {
  if (mean === null) {
    return null;
  }
  const place = (value: number) => Math.min(1, Math.max(0, value / end));
  return { from: place(interval?.[0] ?? mean), mean: place(mean), to: place(interval?.[1] ?? mean) };
}

/** What the difference says: more with one of the orders, or nothing yet. */
export type Verdict = 'unknown' | 'open' | 'chosen' | 'fixed';

export function verdictOf(difference: OrderReport['difference']): Verdict {
  if (!difference) {
    return 'unknown';
  }
  const [from, to] = difference.interval;
  if (from > 0) {
    return 'chosen';
  }
  return to < 0 ? 'fixed' : 'open';
}
