"""How many kernels each learner may start, and how fast: each start takes the machine a third of a second of work."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from nexus_server.phrases import gettext_noop
from nexus_server.tenancy.errors import TooManyKernelsError
from nexus_server.tenancy.settings import TenancySettings
from nexus_server.token_bucket import TokenBuckets

#: starts of one learner that need not wait for each other: a page with three notebooks opens them at once
UNPACED = 3


class KernelStarts:
    """Counts starts and restarts per learner."""

    def __init__(
        self,
        settings: TenancySettings,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`now` gives monotonic seconds, `sleep` lets them pass."""
        self._now, self._sleep = now, sleep
        self._allowed = TokenBuckets(settings.kernel_starts_per_minute / 60, settings.kernel_starts_burst)
        self._pace = TokenBuckets(1 / settings.kernel_start_pace_s, UNPACED)
        self._longest_wait_s = settings.kernel_start_wait_s

    @property
    def limit(self) -> float:
        """Starts that a learner has at most."""
        return self._allowed.burst

    def left(self, key: str) -> int:
        """Return the starts that whoever `key` names has right now."""
        return max(0, int(self._allowed.left(key, self._now())))

    async def take(self, key: str) -> None:
        """Count a start, and return when it is its turn: one learner's follow each other in steps.

        Raises:
            TooManyKernelsError: there were too many of late, or its turn is too far off.
        """
        now = self._now()
        wait_s = _until_one(self._pace, key, now)
        refused_s = max(_until_one(self._allowed, key, now), wait_s - self._longest_wait_s)
        if refused_s > 0:
            text = gettext_noop("You started many kernels within the last minutes. Wait a little before the next one.")
            raise TooManyKernelsError(text, retry_after_s=refused_s)
        self._allowed.take(key, 1, now)
        self._pace.take(key, 1, now)
        if wait_s > 0:
            await self._sleep(wait_s)


def _until_one(buckets: TokenBuckets, key: str, now: float) -> float:
    """Return the seconds until a bucket has one to give."""
    return max(0.0, 1 - buckets.left(key, now)) / buckets.per_s
