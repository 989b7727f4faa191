"""Kernels that were started before anybody asked.

A warm kernel is used once. It waits throttled, with a key that only the server knows and an empty slot in place of a
workspace. A claim mounts the workspace into the slot, tells the kernel its new key, environment and working directory,
and renames its socket directory to the learner's kernel. Refilling goes on in the background, one kernel at a time and
with little weight, so that live kernels don't notice.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import uuid4

import structlog

from nexus_server.errors import NexusError
from nexus_server.kernels.demand import Demand
from nexus_server.kernels.host_calls import call_host
from nexus_server.kernels.kernel_request import KernelRequest
from nexus_server.kernels.launcher import (
    WARM_UP,
    KernelImage,
    Launcher,
    RunningKernel,
    close_anyway,
    close_quietly,
    safe_cwd,
)
from nexus_server.kernels.limits import available_mb
from nexus_server.kernels.sandbox import WORK_DIR, SandboxRequest
from nexus_server.kernels.storage.mount_slots import Slots
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

#: how often the pool looks at itself when nothing happens, in seconds
IDLE_INTERVAL_S = 5.0
#: pause after a failed start, in seconds
RETRY_INTERVAL_S = 10.0
#: pause after a claim while there are others to claim: the claimer's first cell goes first, in seconds
CALM_S = 0.5
#: the share of the machine's free memory, at the server's start, that warm kernels may come to use at most
POOL_SHARE = 0.25
#: how long a claimed kernel may take to answer, in seconds
CLAIM_TIMEOUT_S = 5.0


@dataclass(slots=True)
class Shelf:
    """The warm kernels of one image."""

    image: KernelImage
    demand: Demand
    warm: list[RunningKernel] = field(default_factory=list)
    #: when to try again after a failed start, on the monotonic clock; the other images do not wait for it
    retry_at: float = 0.0


class WarmPool:
    """All warm kernels of a server; part of its background."""

    def __init__(self, launcher: Launcher, slots: Slots, images: Mapping[str, KernelImage]) -> None:
        """Keep kernels of `images` (kernel name to image) warm."""
        self._launcher = launcher
        self._settings = launcher.settings
        self._most_mb = min(launcher.settings.pool_memory_mb, int(available_mb() * POOL_SHARE))
        self._slots = slots
        self._shelves = {
            image.reference: Shelf(image, self._demand(name)) for name, image in images.items() if image.is_claimable
        }
        self._wake = asyncio.Event()
        self._part: Part | None = None

    def _demand(self, kernel_name: str) -> Demand:
        settings = self._settings
        floor = settings.pool_sizes.get(kernel_name, settings.pool_size) if settings.pool_size else 0
        ceiling = max(settings.pool_max, floor) if floor else 0
        return Demand(floor=floor, ceiling=ceiling, window_s=settings.pool_window_s)

    async def start(self) -> None:
        """Begin to fill, on the running event loop; does nothing on a machine that cannot mount slots."""
        if not self._shelves or not await call_host(self._slots.prepare):
            self._shelves = {}
            return
        self._part = forever("kernel-pool", self._step, wake=self._wake)

    async def stop(self) -> None:
        """End the waiting kernels."""
        await end_task(self._part)
        self._part = None
        waiting = [kernel for shelf in self._shelves.values() for kernel in shelf.warm]
        for shelf in self._shelves.values():
            shelf.warm.clear()
        await asyncio.gather(*(close_quietly(kernel) for kernel in waiting))

    def wake(self) -> None:
        """Look now, also for what could not be started before: the engine came back, say."""
        for shelf in self._shelves.values():
            shelf.retry_at = 0.0
        self._wake.set()

    def counts(self) -> dict[str, int]:
        """Warm kernels by image."""
        return {reference: len(shelf.warm) for reference, shelf in self._shelves.items()}

    # ---- claiming ----

    async def claim(
        self, kernel_id: str, key: bytes, image: KernelImage, request: SandboxRequest
    ) -> RunningKernel | None:
        """Turn a warm kernel into the learner's; None when there is none to be had.

        Raises:
            LimitTooHighError: the request asks for more than the site allows.
        """
        shelf = self._shelves.get(image.reference)
        if shelf is None or not request.pooled:
            return None
        self._launcher.limits_for(request)
        shelf.demand.note(time.monotonic())
        self._wake.set()
        while shelf.warm:
            kernel = shelf.warm.pop(0)
            try:
                async with asyncio.timeout(CLAIM_TIMEOUT_S):
                    await self._hand_over(kernel, shelf.image, kernel_id, key, request)
            except (NexusError, OSError, TimeoutError) as exc:
                log.warning("warm_kernel_not_handed_over", error=str(exc))
                await close_anyway(kernel)
                continue
            except (Exception, asyncio.CancelledError):
                await close_anyway(kernel)
                raise
            return kernel
        return None

    async def _hand_over(
        self, kernel: RunningKernel, image: KernelImage, kernel_id: str, key: bytes, request: SandboxRequest
    ) -> None:
        limits = self._launcher.limits_for(request)
        if kernel.slot is not None:
            await call_host(self._slots.attach, kernel.slot, request.workspace, limits)
        kernel.connection.check()
        await self._introduce(kernel, image, key, request)
        # Only now: a client that waits for the learner's sockets must not hear what the old key signed.
        await call_host(kernel.move_to, self._launcher.connection_of(kernel_id))
        if limits != kernel.limits:
            await kernel.sandbox.resize(limits)
            kernel.limits = limits

    async def _introduce(self, kernel: RunningKernel, image: KernelImage, key: bytes, request: SandboxRequest) -> None:
        """Tell the kernel whose it is now, in the way that its image understands."""
        claim = {"env": dict(request.env), "home": WORK_DIR, "cwd": safe_cwd(request.cwd)}
        if image.claim:
            async with KernelRequest(kernel.connection_info, "shell") as shell:
                await shell.ask("execute_request", {**WARM_UP, "code": f"({image.claim})({json.dumps(claim)})"})
            return
        async with KernelRequest(kernel.connection_info, "control") as control:
            await control.ask("nexus_claim_request", {**claim, "key": key.decode()}, new_key=key)
        kernel.key = key

    # ---- filling ----

    async def _step(self) -> float:
        """Start or end one kernel; return how long to pause, in seconds."""
        await self._drop_dead()
        now = time.monotonic()
        for shelf in self._shelves.values():
            if len(shelf.warm) > shelf.demand.target(now):
                await close_quietly(shelf.warm.pop())
                return 0
        lacking = [shelf for shelf in self._shelves.values() if len(shelf.warm) < shelf.demand.target(now)]
        lacking = [shelf for shelf in lacking if now >= shelf.retry_at and self._has_memory(shelf)]
        if not lacking:
            return IDLE_INTERVAL_S
        shelf = min(lacking, key=lambda each: len(each.warm) / each.demand.target(now))
        if shelf.warm and shelf.demand.is_fresh(now, CALM_S):
            return CALM_S
        try:
            shelf.warm.append(await self._start_one(shelf.image))
        except (NexusError, OSError) as exc:
            log.warning("warm_kernel_not_started", image=shelf.image.reference, error=str(exc))
            shelf.retry_at = time.monotonic() + RETRY_INTERVAL_S
        return 0

    async def _drop_dead(self) -> None:
        for shelf in self._shelves.values():
            for kernel in list(shelf.warm):
                if await kernel.sandbox.poll() is not None and kernel in shelf.warm:
                    shelf.warm.remove(kernel)
                    await close_quietly(kernel)

    def _has_memory(self, one_more: Shelf) -> bool:
        """Whether one more fits: all warm kernels at their limit stay within the pool's share."""
        used_mb = sum(self._memory_mb(shelf.image) * len(shelf.warm) for shelf in self._shelves.values())
        return used_mb + self._memory_mb(one_more.image) <= self._most_mb

    def _memory_mb(self, image: KernelImage) -> int:
        return max(image.memory_mb, self._settings.memory_mb)

    async def _start_one(self, image: KernelImage) -> RunningKernel:
        name = f"pool-{uuid4().hex[:20]}"
        slot = self._slots.slot(name)
        pooled = replace(image, env={**image.env, "NEXUS_POOLED": "1"})
        request = SandboxRequest(memory_mb=self._memory_mb(image))
        try:
            await call_host(self._slots.create, slot)
            kernel = await self._launcher.launch(name, uuid4().hex.encode(), pooled, request, slot=slot)
        except (Exception, asyncio.CancelledError):
            with contextlib.suppress(NexusError, OSError):  # the next server removes it
                await call_host(self._slots.remove, slot)
            raise
        kernel.on_removal.append(partial(self._slots.remove, slot))
        return kernel
