"""How much each caller may send: a full bucket at first, which fills again with time. Pure."""

from dataclasses import dataclass, field

#: callers that are remembered before those with full buckets are forgotten
MAX_REMEMBERED = 10_000


@dataclass(slots=True)
class TokenBuckets:
    """A bucket per caller. Times are monotonic seconds; amounts are whatever is counted."""

    per_s: float
    burst: float
    #: what is missing in each bucket, and since when that is true
    _missing: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, key: str, amount: float, now: float) -> None:
        """Take an amount; the bucket may owe some of it."""
        self._missing[key] = (self._missing_at(key, now) + amount, now)
        if len(self._missing) > MAX_REMEMBERED:
            self._missing = {each: kept for each, kept in self._missing.items() if self._missing_at(each, now) > 0}

    def left(self, key: str, now: float) -> float:
        """Return what is left; below zero after more was taken."""
        return self.burst - self._missing_at(key, now)

    def wait_s(self, key: str, now: float) -> float:
        """Return the seconds until the bucket owes nothing; 0: now."""
        return max(0.0, -self.left(key, now)) / self.per_s

    def _missing_at(self, key: str, now: float) -> float:
        missing, since = self._missing.get(key, (0.0, now))
        return max(0.0, missing - (now - since) * self.per_s)
