"""How many warm kernels an image should have: pure arithmetic over the recent past and what is expected."""

from collections import deque
from dataclasses import dataclass, field


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
    _claims: deque[float] = field(default_factory=deque)

    def note(self, now: float) -> None:
        """Somebody asked for a kernel."""
        self._claims.append(now)

    def is_fresh(self, now: float, within_s: float) -> bool:
        """Whether somebody asked within the last `within_s` seconds."""
        return bool(self._claims) and now - self._claims[-1] < within_s

    def target(self, now: float) -> int:
        """How many to keep: for whoever is expected, and at least what `needed` says."""
        return max(self.needed(now), min(self.ahead, self.expected))

    def needed(self, now: float) -> int:
        """How many to keep if nobody is expected: what was asked for within the window, between floor and ceiling."""
        while self._claims and self._claims[0] < now - self.window_s:
            self._claims.popleft()
        return max(self.floor, min(self.ceiling, len(self._claims)))
