"""How many warm kernels an image should have: pure arithmetic over the recent past and what is expected."""

from collections import Counter, deque
from dataclasses import dataclass, field

#: claims of one owner that count: who starts kernels in a loop would have the machine start others ahead
MOST_PER_OWNER = 2


@dataclass(slots=True)
class Demand:
    """Claims of one image in a sliding window, and learners who are about to make one. Times are monotonic seconds."""

    #: kernels to keep when nobody asks
    floor: int
    #: most kernels to keep for claims that are made without notice
    ceiling: int
    window_s: float
    #: most kernels to keep for learners who are expected
    ahead: int = 0
    #: learners who are about to need a kernel
    expected: int = 0
    #: when, and for whom
    _claims: deque[tuple[float, str]] = field(default_factory=deque)

    def note(self, now: float, owner: str = "") -> None:
        """`owner` asked for a kernel; where it is empty nobody in particular, and each time somebody else."""
        self._claims.append((now, owner))

    def is_fresh(self, now: float, within_s: float) -> bool:
        """Whether somebody asked within the last `within_s` seconds."""
        return bool(self._claims) and now - self._claims[-1][0] < within_s

    def target(self, now: float) -> int:
        """How many to keep: for whoever is expected, and at least what `needed` says."""
        return max(self.needed(now), min(self.ahead, self.expected))

    def needed(self, now: float) -> int:
        """How many to keep if nobody is expected: what was asked for within the window, between floor and ceiling."""
        while self._claims and self._claims[0][0] < now - self.window_s:
            self._claims.popleft()
        counts = Counter(owner for _, owner in self._claims)
        asked = sum(min(count, MOST_PER_OWNER) if owner else count for owner, count in counts.items())
        return max(self.floor, min(self.ceiling, asked))
