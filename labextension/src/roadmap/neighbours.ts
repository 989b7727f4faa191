/** The steps around a step. Pure. */

/** The step before and the step after the one with this id; null at the ends, and for a step that is not there. */
export function neighboursOf<Step extends { id: string }>(
  steps: Step[],
  id: string
): { before: Step | null; after: Step | null } {
  const place = steps.findIndex(step => step.id === id);
  if (place === -1) {
    return { before: null, after: null };
  }
  return { before: steps[place - 1] ?? null, after: steps[place + 1] ?? null };
}
