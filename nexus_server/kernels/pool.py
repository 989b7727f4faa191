"""Kernels that were started before anybody asked.

A warm kernel is used once. It waits throttled, with a key that only the server knows and an empty slot in place of a
workspace. A claim renames its socket directory to the learner's kernel, mounts the workspace into the slot, and tells
the kernel its new key, environment and working directory. Refilling goes on in the background, one kernel at a time and
with little weight, so that live kernels don't notice.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import uuid4

from nexus_server.errors import NexusError
from nexus_server.kernels.connection import ConnectionDir
from nexus_server.kernels.container_config import WORK_DIR
from nexus_server.kernels.demand import Demand
from nexus_server.kernels.dialogue import Dialogue
from nexus_server.kernels.launcher import KernelImage, Launcher, RunningKernel, close_quietly, safe_cwd
from nexus_server.kernels.limits import Limits
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.slots import Slots

log = logging.getLogger(__name__)

#: how often the pool looks at itself when nothing happens, in seconds
IDLE_INTERVAL_S = 5.0
#: pause after a failed start, in seconds
RETRY_INTERVAL_S = 10.0
#: how long a claimed kernel may take to answer, in seconds
CLAIM_TIMEOUT_S = 5.0


@dataclass(slots=True)
class Shelf:
    """The warm kernels of one image."""

    image: KernelImage
    demand: Demand
    warm: list[RunningKernel] = field(default_factory=list)


class WarmPool:
    """All warm kernels of a server; part of its background."""

    def __init__(self, launcher: Launcher, slots: Slots, images: Mapping[str, KernelImage]) -> None:
        """Keep kernels of `images` (kernel name to image) warm."""
        self._launcher = launcher
        self._settings = launcher.settings
        self._slots = slots
        self._shelves = {
            image.reference: Shelf(image, self._demand(name)) for name, image in images.items() if image.is_claimable
        }
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def _demand(self, kernel_name: str) -> Demand:
        settings = self._settings
        floor = settings.pool_sizes.get(kernel_name, settings.pool_size) if settings.pool_size else 0
        ceiling = max(settings.pool_max, floor) if floor else 0
        return Demand(floor=floor, ceiling=ceiling, window_s=settings.pool_window_s)

    async def start(self) -> None:
        """Begin to fill, on the running event loop; does nothing on a machine that cannot mount slots."""
        if not self._shelves or not self._slots.prepare():
            self._shelves = {}
            return
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the waiting kernels."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        waiting = [kernel for shelf in self._shelves.values() for kernel in shelf.warm]
        for shelf in self._shelves.values():
            shelf.warm.clear()
        await asyncio.gather(*(close_quietly(kernel) for kernel in waiting))

    def counts(self) -> dict[str, int]:
        """Warm kernels by image."""
        return {reference: len(shelf.warm) for reference, shelf in self._shelves.items()}

    # ---- claiming ----

    async def claim(
        self, kernel_id: str, key: bytes, image: KernelImage, request: SandboxRequest
    ) -> RunningKernel | None:
        """Turn a warm kernel into the learner's; None when there is none to be had."""
        shelf = self._shelves.get(image.reference)
        if shelf is None or not request.pooled:
            return None
        limits = self._launcher.limits_for(request)
        shelf.demand.note(time.monotonic())
        self._wake.set()
        while shelf.warm:
            kernel = shelf.warm.pop(0)
            try:
                async with asyncio.timeout(CLAIM_TIMEOUT_S):
                    await self._hand_over(kernel, kernel_id, key, request, limits)
            except (NexusError, OSError, TimeoutError) as exc:
                log.warning("A warm kernel could not be handed over: %s", exc)
                await close_quietly(kernel)
                continue
            except (Exception, asyncio.CancelledError):
                await asyncio.shield(close_quietly(kernel))
                raise
            return kernel
        return None

    async def _hand_over(
        self, kernel: RunningKernel, kernel_id: str, key: bytes, request: SandboxRequest, limits: Limits
    ) -> None:
        if kernel.slot is not None:
            self._slots.attach(kernel.slot, request.workspace, limits)
        connection = ConnectionDir(self._launcher.runtime_root, kernel_id)
        kernel.connection.move_to(connection)
        kernel.connection = connection
        connection.check()
        content = {
            "key": key.decode(),
            "env": dict(request.env),
            "home": WORK_DIR,
            "cwd": safe_cwd(request.cwd),
        }
        async with Dialogue(kernel.connection_info, "control") as control:
            await control.ask("nexus_claim_request", content, new_key=key)
        kernel.key = key
        if limits != kernel.limits:
            await kernel.sandbox.resize(limits)
            kernel.limits = limits

    # ---- filling ----

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            pause_s = await self._step()
            if pause_s:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await self._wake.wait()

    async def _step(self) -> float:
        """Start or end one kernel; return how long to pause, in seconds."""
        await self._drop_dead()
        now = time.monotonic()
        for shelf in self._shelves.values():
            if len(shelf.warm) > shelf.demand.target(now):
                await close_quietly(shelf.warm.pop())
                return 0
        lacking = [shelf for shelf in self._shelves.values() if len(shelf.warm) < shelf.demand.target(now)]
        if not lacking or not self._has_memory():
            return IDLE_INTERVAL_S
        shelf = min(lacking, key=lambda each: len(each.warm) / each.demand.target(now))
        try:
            shelf.warm.append(await self._start_one(shelf.image))
        except (NexusError, OSError) as exc:
            log.warning("No warm kernel of %s: %s", shelf.image.reference, exc)
            return RETRY_INTERVAL_S
        return 0

    async def _drop_dead(self) -> None:
        for shelf in self._shelves.values():
            for kernel in list(shelf.warm):
                if await kernel.sandbox.poll() is not None and kernel in shelf.warm:
                    shelf.warm.remove(kernel)
                    await close_quietly(kernel)

    def _has_memory(self) -> bool:
        """Whether one more fits: all warm kernels at their limit stay within the pool's share."""
        count = sum(self.counts().values()) + 1
        return count * self._settings.memory_mb <= self._settings.pool_memory_mb

    async def _start_one(self, image: KernelImage) -> RunningKernel:
        name = f"pool-{uuid4().hex[:20]}"
        slot = self._slots.create(name)
        pooled = replace(image, env={**image.env, "NEXUS_POOLED": "1"})
        try:
            kernel = await self._launcher.launch(name, uuid4().hex.encode(), pooled, SandboxRequest(), slot=slot)
        except (Exception, asyncio.CancelledError):
            self._slots.remove(slot)
            raise
        kernel.on_close.append(lambda: self._slots.remove(slot))
        return kernel
