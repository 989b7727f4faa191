/** Whose points today's tests would change, asked for one submission after the other. Knows no page. */

import type { RegradeOutcome, RegradePreviewPage } from '../api/contract';

export interface PreviewState {
  outcomes: RegradeOutcome[];
  left: number;
  isDone: boolean;
}

/** Ask page after page until all is graded, or until `isStopped`; tells after each what is known. */
export async function collect(
  ask: (cursor: string | null) => Promise<RegradePreviewPage>,
  tell: (state: PreviewState) => void,
  isStopped: () => boolean
): Promise<void> {
  const outcomes: RegradeOutcome[] = [];
  let cursor: string | null = null;
  do {
    const page: RegradePreviewPage = await ask(cursor);
    outcomes.push(...page.items);
    cursor = page.next;
    tell({ outcomes: [...outcomes], left: page.left, isDone: cursor === null });
  } while (cursor !== null && !isStopped());
}

/** What changes, the largest loss first: that is what an instructor has to know. */
export function changes(outcomes: RegradeOutcome[]): RegradeOutcome[] {
  const gain = ({ before, after }: RegradeOutcome) => (after ?? Number.NEGATIVE_INFINITY) - before;
  return outcomes.filter(({ is_change }) => is_change).sort((one, other) => gain(one) - gain(other));
}
