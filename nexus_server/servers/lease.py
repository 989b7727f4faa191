"""For how long a server may take its learners for its own: others succeed it when it was silent for longer."""

from collections.abc import Callable
from time import monotonic


class Lease:
    """Held while the last sign of life is younger than `lease_s` seconds.

    It counts from before a sign of life is sent, and others count from when the database has it: so it ends here first.
    """

    def __init__(self, lease_s: float, now: Callable[[], float] = monotonic) -> None:
        """Begin without it."""
        self.lease_s = lease_s
        self._now = now
        self._renewed_at = float("-inf")
        #: whether the database knows that Redis may hold it alone
        self._is_witnessed = False
        #: how often it was taken up when it had not been held
        self.taken_up = 0
        self._taken_up_at = float("inf")

    @property
    def is_held(self) -> bool:
        """Whether nobody succeeds this server now."""
        return self.left_s > 0

    @property
    def held_s(self) -> float:
        """Seconds for which it has been held by now without a break; below zero while it is not."""
        return self._now() - self._taken_up_at if self.is_held else -1.0

    @property
    def left_s(self) -> float:
        """Seconds for which it is held yet, without another sign of life."""
        return self._renewed_at + self.lease_s - self._now()

    def begin(self) -> float:
        """Return what `renew` is to be given when the sign of life that is sent now has arrived."""
        return self._now()

    def renew(self, begun_at: float) -> bool:
        """Hold it from `begun_at` on; return whether it had been held all the time."""
        was_held = self.is_held
        if not was_held:
            self.taken_up, self._taken_up_at = self.taken_up + 1, self._now()
        self._renewed_at = max(self._renewed_at, begun_at)
        return was_held

    def rely_on_witness(self, *, is_witnessed: bool) -> None:
        """Let Redis hold it alone, or no longer.

        Others ask Redis when the database says so. So this is called with True after the database said so, and with
        False before it says so no more.
        """
        self._is_witnessed = is_witnessed

    def extend(self, begun_at: float) -> None:
        """Hold it on from `begun_at`, because Redis answered; once lost, only the database can bring it back."""
        if self._is_witnessed and self.is_held:
            self._renewed_at = max(self._renewed_at, begun_at)

    def end(self) -> None:
        """Hold it no longer."""
        self._renewed_at = float("-inf")
