/** Which lines of two similar submissions belong together. Pure. */

import type { Match } from '../api/contract';

/** The number of the match that a line (from 1) lies in, or null. */
export function matchOfLine(matches: Match[], line: number, isRight: boolean): number | null {
  const at = matches.findIndex(match => {
    const [first, last] = isRight ? [match[2], match[3]] : [match[0], match[1]];
    return first <= line && line <= last;
  });
  return at === -1 ? null : at;
}
