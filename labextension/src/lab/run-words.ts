/** How a cell's last run is told. Pure. */

import { timeOfDay } from '../format';
import type { FromTheTop, RunState } from './runs';

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
  _n: (one: string, many: string, count: number) => string;
}

/** runs that are shorter than this are told without their time, in milliseconds */
const SHORT_MS = 1000;

export function runWord(state: RunState, words: Words, timeOf: (ms: number) => string = clockTime): string {
  switch (state.kind) {
    case 'never':
      return words.__('Not run yet');
    case 'running':
      return words.__('Running since %1', timeOf(state.since));
    case 'done':
      return state.ms < SHORT_MS ? words.__('Done') : words.__('Done in %1 s', (state.ms / 1000).toFixed(1));
    case 'failed':
      return words.__('Ended with an error');
    case 'changed':
      return words.__('Changed since it ran');
    case 'out-of-order':
      return words.__('A cell above ran later');
  }
}

/** Whether the notebook would run from the top, as far as that is known. */
export function fromTheTopWord({ never, stale, failed }: FromTheTop, words: Words): string {
  const parts = [
    never && words._n('%1 cell has not run yet', '%1 cells have not run yet', never),
    stale && words._n('%1 result is out of date', '%1 results are out of date', stale),
    failed && words._n('%1 cell ends with an error', '%1 cells end with an error', failed)
  ].filter(Boolean);
  return parts.length ? parts.join(', ') : words.__('Everything ran from the top to the bottom');
}

function clockTime(ms: number): string {
  return timeOfDay(ms);
}
