"""Work that strangers' input makes expensive, done beside the event loop and counted per learner.

One learner's tasks run one after the other, so they never take all places; they are paid from a budget of computing
time that comes back by the minute. After the first seconds they rest between tasks, so that a core is left to others.
What a single task may use is in `limits.py`.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol
from weakref import WeakValueDictionary

from nexus_server.offload.errors import ComputingSpentError, TooCostlyError, TooManyTasksError
from nexus_server.offload.fork_server import ForkServer
from nexus_server.offload.messages import Task, TaskRequest
from nexus_server.offload.settings import OffloadSettings
from nexus_server.token_bucket import TokenBuckets


class Offload(Protocol):
    """Runs tasks for learners: in processes of their own, or right here where nobody else waits."""

    async def run(self, key: str, task: Task, body: bytes = b"", **options: Any) -> tuple[Any, bytes | bytearray]:
        """Run a module's function on a body for whoever `key` names; return its value and its body."""
        ...


class OffloadPool:
    """Runs tasks in processes, a few at a time."""

    def __init__(
        self,
        settings: OffloadSettings,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Start nothing yet; `now` gives monotonic seconds, `sleep` lets them pass."""
        self._now, self._sleep = now, sleep
        self._limits = settings.limits()
        self._max_tasks = settings.tasks_per_learner
        self._budget = TokenBuckets(per_s=settings.cpu_s_per_minute / 60, burst=settings.cpu_burst_s)
        self._pace = TokenBuckets(per_s=settings.cpu_share, burst=settings.cpu_unpaced_s)
        self._places = asyncio.Semaphore(settings.tasks_at_once)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: Counter[str] = Counter()
        self._processes = ForkServer(niceness=settings.niceness)

    async def start(self) -> None:
        """Start the process that tasks are forked from."""
        await self._processes.start()

    async def stop(self) -> None:
        """End it."""
        await self._processes.stop()

    @property
    def computing_s(self) -> float:
        """Seconds of computing time that a learner has at most."""
        return self._budget.burst

    def computing_left_s(self, key: str) -> float:
        """Return the seconds of computing time that a learner has right now."""
        return max(0.0, self._budget.left(key, self._now()))

    async def run(self, key: str, task: Task, body: bytes = b"", **options: Any) -> tuple[Any, bytearray]:
        """Run a module's function on a body for whoever `key` names; return its value and its body.

        Raises:
            TooManyTasksError: too many tasks of theirs wait already.
            ComputingSpentError: their tasks took too much computing time of late.
            TooCostlyError: this one takes more than a task may use.
            NexusError: whatever the task raises.
        """
        async with self._turn(key):
            wait_s = self._budget.wait_s(key, self._now())
            if wait_s > 0:
                raise ComputingSpentError(retry_after_s=wait_s)
            if (rest_s := self._pace.wait_s(key, self._now())) > 0:
                await self._sleep(rest_s)
            async with self._places:
                return await self._run(key, TaskRequest(task, options, self._limits.for_body(len(body))), body)

    @asynccontextmanager
    async def _turn(self, key: str) -> AsyncIterator[None]:
        if self._tasks[key] >= self._max_tasks:
            raise TooManyTasksError(retry_after_s=1, limit=self._max_tasks)
        self._tasks[key] += 1
        turn = self._turns.setdefault(key, asyncio.Lock())
        try:
            async with turn:
                yield
        finally:
            self._tasks[key] -= 1
            if not self._tasks[key]:
                del self._tasks[key]

    async def _run(self, key: str, request: TaskRequest, body: bytes) -> tuple[Any, bytearray]:
        try:
            answer, result = await self._processes.run(request, body)
        except TooCostlyError:
            self._take(key, self._limits.cpu_s)
            raise
        self._take(key, answer.cpu_s)
        if (error := answer.error) is not None:
            try:
                raise error
            finally:
                # The error knows this frame, and the frame must not know the error: the body would stay for long.
                del error, answer, request, body
        return answer.value, result

    def _take(self, key: str, cpu_s: float) -> None:
        for bucket in (self._budget, self._pace):
            bucket.take(key, cpu_s, self._now())


class InProcess:
    """Runs tasks right here: for commands, which work for one person."""

    async def run(self, key: str, task: Task, body: bytes = b"", **options: Any) -> tuple[Any, bytes]:  # noqa: ARG002
        """Run a task in a thread, without limits."""
        return await asyncio.to_thread(task, body, **options)
