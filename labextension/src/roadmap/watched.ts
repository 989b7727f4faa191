/** Which parts of a video were watched, as sorted intervals in seconds that do not touch. Pure. */

export type Interval = [start: number, end: number];

/** Add an interval, merging what overlaps or nearly touches. */
export function addWatched(intervals: Interval[], added: Interval, gapSeconds = 0.5): Interval[] {
  const sorted = [...intervals, added].filter(([start, end]) => end > start).sort((a, b) => a[0] - b[0]);
  const merged: Interval[] = [];
  for (const [start, end] of sorted) {
    const last = merged[merged.length - 1];
    if (last && start <= last[1] + gapSeconds) {
      last[1] = Math.max(last[1], end);
    } else {
      merged.push([start, end]);
    }
  }
  return merged;
}

/** The share of the video that was watched, 0 to 1. */
export function watchedShare(intervals: Interval[], durationSeconds: number): number {
  if (!(durationSeconds > 0)) {
    return 0;
  }
  const seconds = intervals.reduce((sum, [start, end]) => sum + (end - start), 0);
  return Math.min(1, seconds / durationSeconds);
}
