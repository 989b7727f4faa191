"""Which parts of a video were watched: sorted intervals in seconds that do not touch. Pure."""

from collections.abc import Iterable, Sequence

Interval = tuple[float, float]

#: a pause shorter than this between two intervals is not a gap
JOIN_GAP_S = 0.5
#: fastest playback that still counts as watching
MAX_SPEED = 2.5
#: how far a report may be off
SLACK_S = 2.0
MAX_INTERVALS = 500


def merge(intervals: Iterable[Sequence[float]], duration_s: float | None) -> list[Interval]:
    """Return the union of `intervals`, clipped to the video."""
    end_of_video = duration_s if duration_s is not None else float("inf")
    clipped = sorted((max(0.0, start), min(end, end_of_video)) for start, end in intervals)
    merged: list[Interval] = []
    for start, end in clipped:
        if end <= start:
            continue
        if merged and start <= merged[-1][1] + JOIN_GAP_S:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged[:MAX_INTERVALS]


def played_between(before: float, position: float, elapsed_s: float) -> Interval | None:
    """Return what was watched between two reported positions, or None when the learner jumped."""
    if before < position <= before + elapsed_s * MAX_SPEED + SLACK_S:
        return (before, position)
    return None


def watched_share(intervals: Iterable[Interval], duration_s: float | None) -> float | None:
    """Return the watched share, 0 to 1; None when nobody knows how long the video is."""
    if not duration_s:
        return None
    return min(1.0, sum(end - start for start, end in intervals) / duration_s)
