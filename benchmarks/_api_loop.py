"""How long one piece of work holds the event loop up, from the server's own metrics."""

import re

from benchmarks._api_site import Site

BLOCKED, LAG = "nexus_event_loop_blocked_seconds", "nexus_event_loop_lag_seconds"
#: the bound of each bucket, in seconds, and how many were below it
Buckets = list[tuple[float, float]]


def read_buckets(target: Site, metric: str) -> Buckets:
    """Return a histogram's buckets as they are now."""
    text = target.get("/metrics", target.admin_token).text
    pattern = rf'^{metric}_bucket\{{le="([^"]+)"\}} (\S+)$'
    return [(float(bound), float(count)) for bound, count in re.findall(pattern, text, re.MULTILINE)]


def since(before: Buckets, after: Buckets) -> Buckets:
    """Return the buckets of what came between two looks."""
    return [(bound, count - old) for (bound, count), (_, old) in zip(after, before, strict=True)]


def at_most_ms(buckets: Buckets, share: float) -> float:
    """Return the least bound in ms below which that share of the values was; 1.0 is the worst of all."""
    total = buckets[-1][1]
    return round(1000 * next(bound for bound, count in buckets if count >= share * total), 1)
