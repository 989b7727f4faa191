"""Learners' kernels forked from templates: each a process of its own in a container that holds nobody else's.

A template is a sandbox container like any other, in which `remote/zygote.py` runs as the container's root; the kernels
are another user's. It serves one submission at a time. The next kernel is forked when the one before is proved gone, so
it waits ready. A container is thrown away after `MAX_USES`, and at once when anything was unusual. While submissions
come one by one, and where the system gives no templates, every kernel has a container of its own.
"""

import asyncio
import shutil
from collections import deque
from collections.abc import Coroutine
from dataclasses import replace
from time import monotonic
from typing import Any

import structlog

from nexus_server.grading.sandboxes.fresh import FreshSandboxes, ManagedKernel, Sandboxes, SandboxKernel
from nexus_server.grading.sandboxes.template import ForkedKernel, Template
from nexus_server.kernels import runtime
from nexus_server.tasks import once

log = structlog.get_logger()

#: submissions that one container serves at most
MAX_USES = 100
#: memory of the template itself, in MiB, added to the learner's
TEMPLATE_MB = 48
#: so many kernels asked for within so many seconds are a rush, for which templates are worth their start
RUSH_KERNELS, RUSH_S = 3, 20.0
#: seconds after the last kernel for which templates are kept
KEEP_S = 120.0
#: seconds after a template that could not be started
RETRY_S = 300.0


class ForkingSandboxes:
    """Kernels from templates while submissions come thick and fast, else with a container of their own."""

    def __init__(
        self,
        fresh: FreshSandboxes,
        alone: Sandboxes,
        *,
        templates: int,
        rush_kernels: int = RUSH_KERNELS,
        keep_s: float = KEEP_S,
    ) -> None:
        """`fresh` says how templates are started; `alone` gives the kernels that have a container of their own.

        There are at most so many `templates`, each for `keep_s` seconds after the last kernel, once `rush_kernels` were
        asked for within `RUSH_S` seconds.
        """
        site = runtime.current().settings
        memory_mb = min((fresh.memory_mb or site.memory_mb) + TEMPLATE_MB, site.max_memory_mb)
        self._base = replace(fresh, memory_mb=memory_mb, is_template=True)
        self._alone = alone
        self._most = templates
        self._keep_s = keep_s
        #: when the last kernels were asked for, on the monotonic clock
        self._asked: deque[float] = deque(maxlen=rush_kernels)
        self._ready: list[ForkedKernel] = []
        self._templates = 0
        #: how many are being emptied for the next kernel
        self._cleaning = 0
        #: starts of templates, and the cleaning of those in use
        self._work: set[asyncio.Task[None]] = set()
        self._expiry: asyncio.TimerHandle | None = None
        self._is_closed = False
        #: not before then is a template tried again
        self._retry_at = 0.0

    async def open(self) -> SandboxKernel:
        """Give a kernel in which nobody's code ran yet.

        Raises:
            SandboxUnavailableError: no kernel could be started.
        """
        self._note()
        while True:
            while self._cleaning and not self._ready:
                # A container that is being emptied is ready sooner than a new one.
                await asyncio.wait(self._work, return_when=asyncio.FIRST_COMPLETED)
            if not self._ready:
                return await self._alone.open()
            if (kernel := await self._take()) is not None:
                return kernel

    async def _take(self) -> ForkedKernel | None:
        """Take a kernel that waits; None when it ended meanwhile."""
        kernel = self._ready.pop()
        try:
            is_alive = await kernel.km.is_alive()
        except asyncio.CancelledError:
            self._ready.append(kernel)  # whoever asked is gone; it is as good for the next
            self._keep()
            raise
        if is_alive:
            kernel.take_back = self.take_back
            return kernel
        kernel.disconnect()
        self._begin(self._give_up(kernel.template))
        return None

    def _note(self) -> None:
        """See whether this is a rush, and start a template if there could be more."""
        now = monotonic()
        self._asked.append(now)
        is_rush = len(self._asked) == self._asked.maxlen and now - self._asked[0] < RUSH_S
        if is_rush and now >= self._retry_at and self._templates < self._most and not self._is_closed:
            self._templates += 1
            self._begin(self._start_template())
        self._keep()

    def _keep(self) -> None:
        """Keep what waits for a while from now on."""
        if self._expiry is not None:
            self._expiry.cancel()
        keep_s = 0.0 if self._is_closed else self._keep_s
        self._expiry = asyncio.get_running_loop().call_later(keep_s, self._expire)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = once("grading-template", lambda: work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _start_template(self) -> None:
        holder: ManagedKernel | Template | None = None
        try:
            base = holder = await self._base.open()
            template = holder = Template(base)
            await template.start()
            self._ready.append(await template.fork())
        except Exception as exc:  # noqa: BLE001  whatever it is, a template that does not work must not be counted
            # The system gives none, or has no room for one: one container for each, which is slower and as safe.
            log.info("template_not_started", error=repr(exc))
            self._retry_at = monotonic() + RETRY_S
            await self._give_up(holder)

    async def take_back(self, kernel: ForkedKernel) -> None:
        """Clean up after a kernel, beside whatever comes next."""
        self._cleaning += 1
        self._begin(self._recycle(kernel))

    async def _recycle(self, kernel: ForkedKernel) -> None:
        template = kernel.template
        try:
            is_clean = (await template.ask("clean")).get("clean") is True
            shutil.rmtree(kernel.place, ignore_errors=True)
            if is_clean and template.uses < MAX_USES and not self._is_closed:
                self._ready.append(await template.fork())
                self._keep()
                return
        except Exception as exc:  # noqa: BLE001  whatever it is, nothing can be told of the container any more
            log.info("template_given_up", error=repr(exc))
        finally:
            self._cleaning -= 1
        await self._give_up(template)

    async def _give_up(self, holder: "Template | ManagedKernel | None") -> None:
        self._templates -= 1
        if holder is not None:
            await holder.close()

    def _expire(self) -> None:
        while self._ready:
            kernel = self._ready.pop()
            kernel.disconnect()
            self._begin(self._give_up(kernel.template))

    async def image(self) -> str:
        """Return the image's digest."""
        return await self._base.image()

    async def close(self) -> None:
        """Remove every container."""
        self._is_closed = True
        if self._expiry is not None:
            self._expiry.cancel()
        self._expire()
        while self._work:
            await asyncio.gather(*self._work)
            self._expire()
        await self._alone.close()
