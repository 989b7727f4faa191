"""Kernels started before they are needed: each fresh, each used once, so nothing of the trust model changes.

A grading spends more of its time on starting a container than on the notebook. The next ones start while others are
being graded, and after the last submission a few wait for a while, so that a single submission is graded at once.
"""

import asyncio
from collections import deque
from contextlib import suppress

from nexus_server.grading.sandboxes.fresh import Sandboxes, SandboxKernel
from nexus_server.notebook_format.errors import SandboxUnavailableError
from nexus_server.tasks import end_task, once

#: seconds for which kernels wait for a submission before they are ended
KEEP_S = 120.0


class PrestartedSandboxes:
    """Starts some kernels ahead of those that are asked for."""

    def __init__(self, fresh: Sandboxes, ahead: int, *, keep_s: float = KEEP_S) -> None:
        """`fresh` starts them; at most `ahead` wait, for `keep_s` seconds after the last was taken."""
        self._fresh = fresh
        self._ahead = ahead
        self._keep_s = keep_s
        self._started: deque[asyncio.Task[SandboxKernel]] = deque()
        self._expiry: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def open(self) -> SandboxKernel:
        """Give a kernel in which nobody's code ran yet, and start another in its place.

        Raises:
            SandboxUnavailableError: no kernel could be started.
        """
        while self._started:
            task = self._started.popleft()
            try:
                kernel = await asyncio.shield(task)
                is_alive = await kernel.km.is_alive()
            except asyncio.CancelledError:
                # Whoever asked is gone; the kernel is as good for the next.
                self._started.appendleft(task)
                self._keep()
                raise
            except SandboxUnavailableError:
                continue
            if is_alive:
                self._start_ahead()
                return kernel
            await kernel.close()
        kernel = await self._fresh.open()
        self._start_ahead()
        return kernel

    async def image(self) -> str:
        """Name what the kernels run in."""
        return await self._fresh.image()

    async def close(self) -> None:
        """End the kernels that wait; whoever asks for one from now on gets it fresh."""
        self._is_closed = True
        if self._expiry is not None:
            self._expiry.cancel()
        await self._end_all()
        await asyncio.gather(*self._ending)
        await self._fresh.close()

    def _start_ahead(self) -> None:
        if self._is_closed:
            return
        while len(self._started) < self._ahead:
            self._started.append(asyncio.create_task(self._fresh.open(), name="kernel to grade in"))
        self._keep()

    def _keep(self) -> None:
        """Keep what waits for a while from now on; nothing, once all is closed."""
        if self._expiry is not None:
            self._expiry.cancel()
        keep_s = 0.0 if self._is_closed else self._keep_s
        self._expiry = asyncio.get_running_loop().call_later(keep_s, self._expire)

    def _expire(self) -> None:
        ending = once("kernels-started-ahead", self._end_all)
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    async def _end_all(self) -> None:
        while self._started:
            task = self._started.popleft()
            with suppress(SandboxUnavailableError):
                await end_task(task)
            if not task.cancelled() and task.exception() is None:
                await task.result().close()
