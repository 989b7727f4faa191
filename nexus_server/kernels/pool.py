"""Kernels that were started before anybody asked.

A warm kernel is used once. It waits throttled, with a key that only the server knows and an empty slot in place of a
workspace. A claim mounts the workspace into the slot, tells the kernel its new key, environment and working directory,
and renames its socket directory to the learner's kernel. Refilling goes on in the background, one kernel at a time and
with little weight, so that live kernels don't notice. The pool grows ahead of learners who are expected (`expect`), two
at a time, while nobody's kernel starts, and shrinks again when they are not.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Mapping
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
from nexus_server.kernels.pool_memory import PoolMemory
from nexus_server.kernels.sandbox import WORK_DIR, SandboxRequest
from nexus_server.kernels.storage.mount_slots import Slots
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

#: how often the pool looks at itself when nothing happens, in seconds
IDLE_INTERVAL_S = 5.0
#: pause after a failed start, in seconds
RETRY_INTERVAL_S = 10.0
#: pause after a claim while half of the wanted are there: the claimer's first cell goes first, in seconds
CALM_S = 0.5
#: starts at the same time when more than as many are lacking: most of a start is waiting for the engine
AT_ONCE = 2
#: how long a claimed kernel may take to answer, in seconds
CLAIM_TIMEOUT_S = 5.0


@dataclass(slots=True)
class Shelf:
    """The warm kernels of one image."""

    kernel_name: str
    image: KernelImage
    demand: Demand
    #: MiB that one of them takes: its limit until one was seen
    each_mb: float
    warm: list[RunningKernel] = field(default_factory=list)
    #: when to try again after a failed start, on the monotonic clock; the other images do not wait for it
    retry_at: float = 0.0

    @property
    def taken_mb(self) -> float:
        """MiB that all of them take."""
        return self.each_mb * len(self.warm)


class WarmPool:
    """All warm kernels of a server; part of its background."""

    def __init__(
        self,
        launcher: Launcher,
        slots: Slots,
        images: Mapping[str, KernelImage],
        *,
        is_busy: Callable[[], bool] = lambda: False,
        memory: PoolMemory | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep kernels of `images` (kernel name to image) warm.

        Args:
            launcher: starts them.
            slots: where workspaces can be mounted.
            images: what to keep, by kernel name.
            is_busy: whether learners' kernels are starting, who go before those that nobody asked for yet.
            memory: what all may take; None: what the settings and the machine allow.
            now: gives monotonic seconds.
        """
        self._launcher = launcher
        self._settings = launcher.settings
        self._memory = memory or PoolMemory.of_machine(launcher.settings.pool_memory_mb)
        self._slots = slots
        self._is_busy, self._now = is_busy, now
        self._shelves = {
            image.reference: Shelf(name, image, self._demand(name), self._limit_mb(image))
            for name, image in images.items()
            if image.is_claimable
        }
        self._wake = asyncio.Event()
        self._part: Part | None = None

    def _demand(self, kernel_name: str) -> Demand:
        settings = self._settings
        floor = settings.pool_sizes.get(kernel_name, settings.pool_size) if settings.pool_size else 0
        ceiling = max(settings.pool_max, floor) if floor else 0
        ahead = max(settings.pool_ahead_max, floor) if floor else 0
        return Demand(floor=floor, ceiling=ceiling, window_s=settings.pool_window_s, ahead=ahead)

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

    @property
    def grows_ahead(self) -> bool:
        """Whether it would use what `expect` tells."""
        return any(shelf.demand.ahead > shelf.demand.floor for shelf in self._shelves.values())

    def expect(self, learners: Mapping[str, int]) -> None:
        """Have a kernel ready for each learner who is about to need one, by kernel name, within the pool's bounds."""
        for shelf in self._shelves.values():
            expected = learners.get(shelf.kernel_name, 0)
            if expected != shelf.demand.expected:
                shelf.demand.expected = expected
                self._wake.set()

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
        # Gradings have one name, and are many learners'.
        shelf.demand.note(self._now(), request.owner if request.outlives_server else "")
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
        """Start a kernel or two, or end one; return how long to pause, in seconds."""
        await self._drop_dead()
        now = self._now()
        is_short = self._memory.is_short()
        for shelf in self._shelves.values():
            if len(shelf.warm) > (shelf.demand.needed(now) if is_short else shelf.demand.target(now)):
                await close_quietly(shelf.warm.pop())
                return 0
        lacking = [shelf for shelf in self._shelves.values() if self._lacks(shelf, now)]
        if not lacking:
            return IDLE_INTERVAL_S
        # The lightest first: most labs want it, and it does not wait until a heavy one has loaded its libraries.
        shelf = min(lacking, key=lambda each: (len(each.warm) / each.demand.target(now), each.each_mb))
        if shelf.warm and (self._is_busy() or self._is_calm(shelf, now)):
            return CALM_S
        await self._fill(shelf, now)
        return 0

    def _is_calm(self, shelf: Shelf, now: float) -> bool:
        """Whether the first cell of whoever just claimed one goes first: enough are there for the next."""
        return shelf.demand.is_fresh(now, CALM_S) and 2 * len(shelf.warm) >= shelf.demand.target(now)

    def _taken_mb(self) -> float:
        return sum(shelf.taken_mb for shelf in self._shelves.values())

    def _lacks(self, shelf: Shelf, now: float) -> bool:
        """Whether a kernel more is wanted, and there is room for it."""
        demand, has = shelf.demand, len(shelf.warm)
        if has >= demand.target(now) or now < shelf.retry_at or not self._memory.fits(self._taken_mb(), shelf.each_mb):
            return False
        return has < demand.needed(now) or self._memory.can_grow_ahead(shelf.each_mb)

    async def _fill(self, shelf: Shelf, now: float) -> None:
        """Start one kernel, or some at once where many are lacking."""
        are_many = bool(shelf.warm) and shelf.demand.target(now) - len(shelf.warm) > AT_ONCE
        count = AT_ONCE if are_many and self._memory.fits(self._taken_mb(), AT_ONCE * shelf.each_mb) else 1
        async with asyncio.TaskGroup() as starts:
            for _ in range(count):
                starts.create_task(self._add_one(shelf))

    async def _add_one(self, shelf: Shelf) -> None:
        try:
            kernel = await self._start_one(shelf.image)
        except (NexusError, OSError) as exc:
            log.warning("warm_kernel_not_started", image=shelf.image.reference, error=str(exc))
            shelf.retry_at = self._now() + RETRY_INTERVAL_S
            return
        shelf.warm.append(kernel)
        shelf.each_mb = kernel.sandbox.memory_mb() or shelf.each_mb

    async def _drop_dead(self) -> None:
        for shelf in self._shelves.values():
            for kernel in list(shelf.warm):
                if await kernel.sandbox.poll() is not None and kernel in shelf.warm:
                    shelf.warm.remove(kernel)
                    await close_quietly(kernel)

    def _limit_mb(self, image: KernelImage) -> int:
        return max(image.memory_mb, self._settings.memory_mb)

    async def _start_one(self, image: KernelImage) -> RunningKernel:
        name = f"pool-{uuid4().hex[:20]}"
        slot = self._slots.slot(name)
        pooled = replace(image, env={**image.env, "NEXUS_POOLED": "1"})
        request = SandboxRequest(memory_mb=self._limit_mb(image))
        try:
            await call_host(self._slots.create, slot)
            kernel = await self._launcher.launch(name, uuid4().hex.encode(), pooled, request, slot=slot)
        except (Exception, asyncio.CancelledError):
            with contextlib.suppress(NexusError, OSError):  # the next server removes it
                await call_host(self._slots.remove, slot)
            raise
        kernel.on_removal.append(partial(self._slots.remove, slot))
        return kernel
