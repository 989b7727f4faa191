/** Where a learner goes on. Pure. */

import type { NodeStatus } from '../api/contract';

/** The roadmap that was begun and is not done, else the first that is not done, else the first; null where there is none. */
export function roadmapToGoOn<Roadmap extends { completion: number }>(roadmaps: Roadmap[]): Roadmap | null {
  const begun = roadmaps.find(({ completion }) => completion > 0 && completion < 1);
  return begun ?? roadmaps.find(({ completion }) => completion < 1) ?? roadmaps[0] ?? null;
}

/** The step that was begun, else the first that is open; null where everything is done or locked. */
export function stepToGoOn<Step extends { status: NodeStatus }>(steps: Step[]): Step | null {
  const begun = steps.find(({ status }) => status === 'in_progress');
  return begun ?? steps.find(({ status }) => status === 'available') ?? null;
}
