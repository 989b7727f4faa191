"""Kernels of a server that lost touch with its site stand still: their learners may be at home elsewhere by now."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import structlog

from nexus_server.errors import NexusError
from nexus_server.events.messages import EventMessage, KernelLimit
from nexus_server.phrases import gettext_noop
from nexus_server.servers.lease import Lease
from nexus_server.tasks import Part, end_task, forever

if TYPE_CHECKING:
    from nexus_server.servers.presence import Heard

log = structlog.get_logger()

#: seconds between two looks at the lease
LOOK_S = 0.5
#: the share of the lease before whose end kernels stand still: all of them are to, when it is over
EARLY = 0.2
#: kernels that are frozen at the same time
AT_ONCE = 16
#: what the notices are about, as pages know it
FROZEN, THAWED = "frozen", "thawed"

STANDS_STILL = gettext_noop(
    "This server lost touch with its site, so your kernel stands still and nothing can be saved. What you saved before "
    "is safe. Your kernel goes on when the server is back. If that takes long, start a kernel at another server: load "
    "this page again."
)
GOES_ON = gettext_noop("This server is back, and your kernel goes on.")


class FreezableKernel(Protocol):
    """What is asked of a kernel."""

    kernel_id: str

    async def freeze(self) -> None:
        """Stand still; no time passes for the running cell."""
        ...

    async def thaw(self) -> None:
        """Go on."""
        ...

    def announce(self, event: EventMessage) -> None:
        """Tell its learner."""
        ...


class FreezableKernels(Protocol):
    """What holds the kernels of a server."""

    def living(self) -> Sequence[FreezableKernel]:
        """Return those that live."""
        ...


class Freezing:
    """Freezes kernels before the lease ends, and thaws what is still this server's when it is back. A `Background`."""

    _part: Part | None = None

    def __init__(self, kernels: FreezableKernels, lease: Lease) -> None:
        """Follow `lease`."""
        self._kernels = kernels
        self._lease = lease
        #: those that stand still, and those of them whose learners heard of it
        self._frozen: dict[str, FreezableKernel] = {}
        self._told: set[str] = set()
        #: how often the lease had been taken up when the first of them was frozen
        self._taken_up = 0
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Begin to look; the lease is held by now."""
        self._part = forever("kernel-freezing", self.look, every_s=LOOK_S)

    async def stop(self) -> None:
        """Look no more. What stands still is left so: the next server thaws what is its own."""
        await end_task(self._part)

    async def look(self) -> None:
        """Freeze what lives when the lease is about to end; thaw it when it did not end after all."""
        async with self._turn:
            if self._lease.left_s < self._lease.lease_s * EARLY:
                await self._freeze_all()
                self._tell_lost()
            elif self._lease.taken_up == self._taken_up:
                await self._thaw_all()

    async def hear(self, _: "Heard") -> None:
        """Thaw what is still here after a sign of life: by then those have ended that belong to another server."""
        async with self._turn:
            await self._thaw_all()

    async def _freeze_all(self) -> None:
        if not self._frozen:
            self._taken_up = self._lease.taken_up
        turns = asyncio.Semaphore(AT_ONCE)

        async def freeze(kernel: FreezableKernel) -> None:
            async with turns:
                try:
                    await kernel.freeze()
                except NexusError as error:
                    log.warning("kernel_not_frozen", kernel=kernel.kernel_id, code=error.code)
                else:
                    self._frozen[kernel.kernel_id] = kernel

        fresh = [kernel for kernel in self._kernels.living() if kernel.kernel_id not in self._frozen]
        await asyncio.gather(*map(freeze, fresh))
        if fresh:
            log.warning("kernels_stand_still", kernels=len(self._frozen))

    def _tell_lost(self) -> None:
        """Tell learners, once the lease is over: many a short silence ends before that."""
        if self._lease.is_held:
            return
        for kernel_id, kernel in self._frozen.items():
            if kernel_id not in self._told:
                self._told.add(kernel_id)
                kernel.announce(KernelLimit(kernel_id=kernel_id, limit=FROZEN, message=STANDS_STILL))

    async def _thaw_all(self) -> None:
        living = {kernel.kernel_id for kernel in self._kernels.living()}
        for kernel_id, kernel in list(self._frozen.items()):
            if kernel_id in living:
                await kernel.thaw()
                if kernel_id in self._told:
                    kernel.announce(KernelLimit(kernel_id=kernel_id, limit=THAWED, message=GOES_ON))
            self._told.discard(kernel_id)
            del self._frozen[kernel_id]
