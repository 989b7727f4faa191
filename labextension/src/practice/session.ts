/** A practice session: which question is asked, and how it went. Pure. */

import type { PracticeItem, PracticeResult } from '../api/contract';

export interface PracticeRun {
  items: readonly PracticeItem[];
  /** by place; what was passed over has none */
  results: readonly (PracticeResult | null)[];
  /** the item that is looked at; at the end there is none */
  place: number;
}

export function begin(items: readonly PracticeItem[]): PracticeRun {
  return { items, results: items.map(() => null), place: 0 };
}

/** Note what came of the present item, which stays in sight. */
export function answered(run: PracticeRun, result: PracticeResult): PracticeRun {
  return { ...run, results: run.results.map((before, place) => (place === run.place ? result : before)) };
}

/** Go on to the next item, or to the end. */
export function goOn(run: PracticeRun): PracticeRun {
  return { ...run, place: Math.min(run.place + 1, run.items.length) };
}

export function isOver({ place, items }: PracticeRun): boolean {
  return place >= items.length;
}

export interface ConceptOutcome {
  concept: string;
  right: number;
  asked: number;
}

/** How it went, by concept, in the order in which they were asked. */
export function outcomes({ items, results }: PracticeRun): ConceptOutcome[] {
  const found = new Map<string, ConceptOutcome>();
  for (const [place, { concept }] of items.entries()) {
    const result = results[place];
    if (result) {
      const before = found.get(concept) ?? { concept, right: 0, asked: 0 };
      found.set(concept, {
        concept,
        right: before.right + (result.result.correct ? 1 : 0),
        asked: before.asked + 1
      });
    }
  }
  return [...found.values()];
}
