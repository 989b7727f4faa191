"""Places for large bodies: a few at a time on the server, one at a time for each learner, not too much by the hour."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from weakref import WeakValueDictionary

from nexus_server.errors import RateLimitedError
from nexus_server.intake.settings import IntakeSettings
from nexus_server.token_bucket import TokenBuckets

MIB = 1024 * 1024


class TooManyBodiesError(RateLimitedError):
    """Too many large requests of yours are on their way; wait for them first."""

    code = "too_many_bodies"


class LargeBodies:
    """Gives places to large bodies. Who holds one returns it by calling what `enter` returned."""

    def __init__(self, settings: IntakeSettings, *, now: Callable[[], float] = time.monotonic) -> None:
        """All places are free; `now` gives monotonic seconds."""
        self._now = now
        self._settings = settings
        self._sent = TokenBuckets(per_s=settings.upload_mb_per_s * MIB, burst=settings.upload_burst_mb * MIB)
        self._places = asyncio.Semaphore(settings.bodies_at_once)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._known: Counter[str] = Counter()

    @property
    def burst_bytes(self) -> int:
        """How many bytes a learner may send at once."""
        return round(self._sent.burst)

    def bytes_left(self, key: str) -> int:
        """Return how many bytes a learner may send right now without waiting."""
        return max(0, round(self._sent.left(key, self._now())))

    def note(self, key: str, count: int) -> None:
        """Count a small body, which needs no place."""
        self._sent.take(key, count, self._now())

    async def enter(self, key: str, count: int) -> Callable[[], None]:
        """Wait for a place for a body of `count` bytes; return what gives it back.

        Raises:
            TooManyBodiesError: too many of the learner's wait already, or the wait is too long.
        """
        if self._known[key] >= self._settings.bodies_per_learner:
            raise TooManyBodiesError(retry_after_s=max(1.0, self._sent.wait_s(key, self._now())))
        self._known[key] += 1
        turn = self._turns.setdefault(key, asyncio.Lock())
        held: list[Callable[[], None]] = [lambda: self._leave_line(key)]
        try:
            async with asyncio.timeout(self._settings.body_wait_s):
                await turn.acquire()
                held.append(turn.release)
                await asyncio.sleep(self._sent.wait_s(key, self._now()))
                await self._places.acquire()
                held.append(self._places.release)
        except BaseException as error:  # raised again; whoever is not let in must hold no place
            _give_back(held)
            if isinstance(error, TimeoutError):
                raise TooManyBodiesError(retry_after_s=max(1.0, self._sent.wait_s(key, self._now()))) from None
            raise
        self._sent.take(key, count, self._now())
        return lambda: _give_back(held)

    def _leave_line(self, key: str) -> None:
        self._known[key] -= 1
        if not self._known[key]:
            del self._known[key]


def _give_back(held: list[Callable[[], None]]) -> None:
    """Give everything back, once."""
    with suppress(IndexError):
        while True:
            held.pop()()
