"""The one source of time, so that tests move it instead of sleeping."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """Return the present moment, timezone-aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until told otherwise (tests, replays)."""

    def __init__(self, start: datetime) -> None:
        """Stand at `start`."""
        self.time = start

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.time
