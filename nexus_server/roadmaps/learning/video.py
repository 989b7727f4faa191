"""Which parts of a video were watched: sorted intervals in seconds that do not touch. Pure."""

from collections.abc import Iterable, Iterator, Sequence

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


def believe(known: Sequence[Interval], reported: Iterable[Sequence[float]], elapsed_s: float) -> list[Interval]:
    """Return what was watched before with as much of `reported` as can have been played in the time since."""
    seconds = max(0.0, elapsed_s) * MAX_SPEED + SLACK_S
    believed = list(known)
    for start, end in _unknown(known, merge([*known, *reported], None)):
        believed.append((start, min(end, start + seconds)))
        seconds -= min(end - start, seconds)
    return merge(believed, None)


def _unknown(known: Sequence[Interval], reported: Sequence[Interval]) -> Iterator[Interval]:
    """Yield the parts of `reported` that `known` lacks; both are sorted and do not touch."""
    for start, end in reported:
        at = start
        for begin, stop in known:
            if at < begin < end:
                yield (at, begin)
            if begin < end:
                at = max(at, stop)
        if at < end:
            yield (at, end)


def watched_share(intervals: Iterable[Interval], duration_s: float | None) -> float | None:
    """Return the watched share, 0 to 1; None when nobody knows how long the video is."""
    if not duration_s:
        return None
    return min(1.0, sum(end - start for start, end in intervals) / duration_s)
