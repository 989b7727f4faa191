/** A roadmap as a graph: which step needs which, and where each stands. Pure. */

import type { NodeSummary } from '../api/contract';

export interface Need {
  from: string;
  to: string;
  /** one of several that would do */
  isChoice: boolean;
}

export interface Place {
  slug: string;
  /** counted from the top: a step stands below all that it needs */
  layer: number;
  /** counted from the left */
  column: number;
}

type Step = Pick<NodeSummary, 'slug' | 'requires'>;

/** What each step asks for, among the steps that there are. */
export function needsOf(steps: Step[]): Need[] {
  const known = new Set(steps.map(({ slug }) => slug));
  return steps.flatMap(({ slug, requires }) =>
    named(requires, false)
      .filter(({ from }) => known.has(from) && from !== slug)
      .map(need => ({ ...need, to: slug }))
  );
}

/** Where each step stands; a circle, which content does not have, ends at the step that closes it. */
export function placesOf(steps: Step[], needs: Need[]): Place[] {
  const layers = new Map<string, number>();
  const under = new Set<string>();
  const layerOf = (slug: string): number => {
    const known = layers.get(slug);
    if (known !== undefined || under.has(slug)) {
      return known ?? 0;
    }
    under.add(slug);
    const before = needs.filter(({ to }) => to === slug).map(({ from }) => layerOf(from) + 1);
    under.delete(slug);
    const layer = Math.max(0, ...before);
    layers.set(slug, layer);
    return layer;
  };
  const filled = new Map<number, number>();
  return steps.map(({ slug }) => {
    const layer = layerOf(slug);
    const column = filled.get(layer) ?? 0;
    filled.set(layer, column + 1);
    return { slug, layer, column };
  });
}

function named(requires: unknown, isChoice: boolean): Omit<Need, 'to'>[] {
  if (typeof requires === 'string') {
    return [{ from: requires, isChoice }];
  }
  if (Array.isArray(requires)) {
    return requires.flatMap(one => named(one, isChoice));
  }
  if (requires === null || typeof requires !== 'object') {
    return [];
  }
  const { all, any, node } = requires as Record<string, unknown>;
  const ofAny = Array.isArray(any) ? any : [];
  return [...named(all, isChoice), ...named(ofAny, isChoice || ofAny.length > 1), ...named(node, isChoice)];
}
