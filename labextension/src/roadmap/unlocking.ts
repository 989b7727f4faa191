/** What a grade unlocked: the difference between two looks at a roadmap. Pure. */

import type { RoadmapDetail, Unlocked } from '../api/contract';

/** The ids of the nodes that are locked. */
export function lockedNodes(roadmap: RoadmapDetail): Set<string> {
  return new Set(roadmap.nodes.filter(({ status }) => status === 'locked').map(({ id }) => id));
}

/** The nodes that were locked and are open now, in the roadmap's order. */
export function unlockedSince(locked: Set<string>, now: RoadmapDetail): Unlocked[] {
  return now.nodes
    .filter(({ id, status }) => locked.has(id) && status !== 'locked')
    .map(({ id, slug, title, type }) => ({ id, slug, title, type }));
}
