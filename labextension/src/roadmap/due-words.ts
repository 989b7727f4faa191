/** When something is due, in calm words. Pure. */

import { ago } from '../format';

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
}

/** "due in 2 days", or what handing in late costs. */
export function dueWords(
  { deadline, penalty }: { deadline: string; penalty: number },
  now: Date,
  trans: Words,
  locale?: string
): string {
  const distance = ago(deadline, now, locale);
  if (new Date(deadline).getTime() >= now.getTime()) {
    return trans.__('due %1', distance);
  }
  return penalty > 0
    ? trans.__(
        'was due %1; handing it in still brings %2% of its points',
        distance,
        Math.round((1 - penalty) * 100)
      )
    : trans.__('was due %1; handing it in still brings all points', distance);
}
