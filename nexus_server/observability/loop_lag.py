"""How late the event loop is: what everybody's page feels when one piece of work holds it up."""

import asyncio
import time

from prometheus_client import Histogram

from nexus_server.tasks import Part, end_task, forever

#: seconds between two looks
INTERVAL_S = 0.02
_BUCKETS = (0.001, 0.002, 0.005, 0.008, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.25, 1.0)

LAG = Histogram(
    "nexus_event_loop_lag_seconds", "How much later than asked the event loop woke a sleeper.", buckets=_BUCKETS
)
BLOCKED = Histogram(
    "nexus_event_loop_blocked_seconds",
    "The part of the lag that the event loop's own thread spent computing; the rest other programs took.",
    buckets=_BUCKETS,
)


class LoopLag:
    """Measures all the time; costs fifty timers a second. A `Background`."""

    _part: Part | None = None

    async def start(self) -> None:
        """Begin to measure."""
        self._part = forever("loop-lag", self._measure)

    async def stop(self) -> None:
        """Stop measuring."""
        await end_task(self._part)

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + INTERVAL_S
        computed = time.thread_time()
        await asyncio.sleep(INTERVAL_S)
        lag = max(0.0, loop.time() - due)
        LAG.observe(lag)
        BLOCKED.observe(min(lag, time.thread_time() - computed))
