/** A video's steps, which begin where its captions do; all in seconds. Pure. */

/** whoever is nearer than this to the beginning of a step stands on it */
const NEAR_S = 0.3;

/** Where the step after this place begins, or null in the last one. */
export function nextStep(starts: number[], now: number): number | null {
  return starts.find(start => start > now + NEAR_S) ?? null;
}

/** Where to go for a step back: the beginning of this step, or of the one before for who stands at it. */
export function stepBefore(starts: number[], now: number): number {
  return starts.findLast(start => start < now - NEAR_S) ?? 0;
}
