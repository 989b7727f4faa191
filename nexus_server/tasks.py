"""Background work: begun, watched and ended.

A part is work that goes on for as long as its process: one step, again and again, whatever a step raises. `forever`
begins one, `end_task` ends it, and `parts` tells how each is doing. Work that is done after one go is for `once`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

import structlog
from prometheus_client import Counter

from nexus_server.errors import UnavailableError

log = structlog.get_logger()

#: what a part does: one round of its work; it may return the seconds until the next
Step = Callable[[], Awaitable[float | None]]

#: seconds before a step that failed is tried again; doubled with each failure in a row, up to a limit
RETRY_S = 1.0
MAX_RETRY_S = 60.0
#: the same limit while something that the part needs is away and may be back at any moment
MAX_AWAY_S = 5.0
#: seconds after which a step that is under way counts as one that works, for those that never return
SETTLED_S = 5.0

FAILURES = Counter("nexus_background_failures", "Failures of work in the background, by part.", ["part"])


class PartState(StrEnum):
    """How a part is doing."""

    OK = "ok"
    #: something that it needs is away: the database, say
    WAITING = "waiting"
    #: its step fails
    FAILING = "failing"
    #: its task ended although nobody ended it; it begins again after a pause
    STOPPED = "stopped"


class Part:
    """Work in the background that goes on until `end_task`."""

    def __init__(
        self,
        name: str,
        step: Step,
        *,
        every_s: float | None,
        wake: asyncio.Event | None,
        delay_s: float,
        retry_s: float,
    ) -> None:
        """Begin on the running event loop; see `forever`."""
        self.name = name
        #: failures in a row
        self.failures = 0
        self._step = step
        self._every_s = every_s
        self._wake = wake
        self._delay_s = delay_s
        self._retry_s = retry_s
        self._settled_s = SETTLED_S
        self._is_away = False
        self._is_ending = False
        self._loop = asyncio.get_running_loop()
        self._began_at = self._loop.time()
        self._restart: asyncio.TimerHandle | None = None
        self._begin()
        _parts.add(self)

    @property
    def task(self) -> "asyncio.Task[None]":
        """The task that it runs in; another one after it stopped and began again."""
        return self._task

    @property
    def state(self) -> PartState:
        """How it is doing now."""
        if self._task.done():
            return PartState.STOPPED
        if not self.failures or self._loop.time() - self._began_at >= self._settled_s:
            return PartState.OK
        return PartState.WAITING if self._is_away else PartState.FAILING

    def is_of(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether it runs on this event loop."""
        return self._loop is loop

    async def end(self) -> None:
        """End it, and return when its step has cleaned up."""
        self._is_ending = True
        _parts.discard(self)
        if self._restart is not None:
            self._restart.cancel()
        if not self._task.done():
            await end_task(self._task)

    def _begin(self) -> None:
        self._task = self._loop.create_task(self._repeat(), name=self.name)
        self._task.add_done_callback(self._note_end)

    def _note_end(self, task: "asyncio.Task[None]") -> None:
        if self._is_ending:
            return
        error = None if task.cancelled() else task.exception()
        self._count()
        log.error("background_part_stopped", part=self.name, error=repr(error) if error else "cancelled")
        self._restart = self._loop.call_later(self._pause_s(MAX_RETRY_S), self._begin)

    async def _repeat(self) -> None:
        await asyncio.sleep(self._delay_s)
        # What a step talks through may swallow a cancellation: the flag holds then.
        while not self._is_ending:
            if self._wake is not None:
                self._wake.clear()
            pause_s = await self._try()
            if not self._is_ending:
                await self._rest(pause_s)

    async def _try(self) -> float | None:
        """Do one step, and return how long to rest."""
        self._began_at = self._loop.time()
        try:
            pause_s = await self._step()
        except UnavailableError as error:
            self._count(is_away=True)
            log.warning("background_step_failed", part=self.name, code=error.code, message=error.message)
            return self._pause_s(MAX_AWAY_S)
        except asyncio.CancelledError:
            if self._task.cancelling():
                raise
            # Not this task was cancelled, but something that the step waited for.
            self._count()
            log.exception("background_step_failed", part=self.name, failures=self.failures)
        except Exception:  # whatever it is, the part has to go on
            self._count()
            log.exception("background_step_failed", part=self.name, failures=self.failures)
        else:
            self.failures = 0
            return self._every_s if pause_s is None else pause_s
        return self._pause_s(MAX_RETRY_S)

    def _count(self, *, is_away: bool = False) -> None:
        if self._loop.time() - self._began_at > MAX_RETRY_S:
            self.failures = 0  # it had worked in between
        self.failures += 1
        self._is_away = is_away
        self._began_at = self._loop.time()
        FAILURES.labels(self.name).inc()

    def _pause_s(self, most_s: float) -> float:
        return min(most_s, self._retry_s * 2.0 ** min(self.failures - 1, 16))

    async def _rest(self, pause_s: float | None) -> None:
        is_failing = self.failures > 0 and not self._is_away
        if self._wake is None or is_failing:
            await asyncio.sleep(pause_s or 0)
            return
        try:
            async with asyncio.timeout(pause_s):
                await self._wake.wait()
        except TimeoutError:
            return


#: every part that nobody has ended
_parts: set[Part] = set()


def forever(
    name: str,
    step: Step,
    *,
    every_s: float | None = 0.0,
    wake: asyncio.Event | None = None,
    delay_s: float = 0.0,
    retry_s: float = RETRY_S,
) -> Part:
    """Do `step` again and again in the background, whatever it raises, until the part is given to `end_task`.

    A failure is logged as `background_step_failed` and counted; the step is tried again after a pause that grows.

    Args:
        name: what `/health/ready`, the log and the metrics call it.
        step: one round of the work. The seconds that it returns take the place of `every_s` once.
        every_s: seconds from the end of a step to the next; None: only when it is woken.
        wake: setting it begins the next step at once; it is cleared before each.
        delay_s: seconds before the first step.
        retry_s: seconds before a failed step is tried again for the first time.
    """
    return Part(name, step, every_s=every_s, wake=wake, delay_s=delay_s, retry_s=retry_s)


def parts() -> list[Part]:
    """Return every part of the running event loop that nobody has ended, by name."""
    loop = asyncio.get_running_loop()
    return sorted((part for part in _parts if part.is_of(loop)), key=lambda part: part.name)


def once(name: str, work: Callable[[], Awaitable[object]]) -> "asyncio.Task[None]":
    """Begin work that is done after one go; what it raises is logged and counted, and reaches nobody."""

    async def run() -> None:
        try:
            await work()
        except UnavailableError as error:
            FAILURES.labels(name).inc()
            log.warning("background_work_failed", part=name, code=error.code, message=error.message)
        except Exception:  # nobody waits for it who could be told
            FAILURES.labels(name).inc()
            log.exception("background_work_failed", part=name)

    task = asyncio.create_task(run(), name=name)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return task


#: the event loop itself holds its tasks weakly
_under_way: "set[asyncio.Task[None]]" = set()


async def end_task(task: "asyncio.Task[Any] | Part | None") -> None:
    """End what runs in the background, and return when it has ended; None is nothing to end.

    Raises:
        Exception: what a task itself ended with, if it was over before.
    """
    if task is None:
        return
    if isinstance(task, Part):
        await task.end()
        return
    task.cancel()
    # Unlike `await task` with its cancellation suppressed, this lets whoever waits be cancelled meanwhile.
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()
