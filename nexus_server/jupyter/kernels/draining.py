"""Taking a server out of service: learners are warned, kernels end at the deadline, and then the server stops."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import structlog

from nexus_server.events.messages import EventMessage, KernelLimit
from nexus_server.kernels.death_reason import DeathReason
from nexus_server.phrases import gettext_noop
from nexus_server.servers.presence import Heard

if TYPE_CHECKING:
    from datetime import datetime

log = structlog.get_logger()

#: seconds before the deadline at which learners are warned once more
LAST_WARNING_S = 60.0
LIMIT = "server"
ENDS_LATER = gettext_noop(
    "This server is taken out of service, and your kernel ends in {minutes} minutes. Save what you need of its "
    "variables in a file. What you saved is safe: start a kernel again to go on at another server."
)
ENDS_NOW = gettext_noop(
    "This server is taken out of service, and your kernel ends within a minute. Save what you need of its "
    "variables in a file. What you saved is safe: start a kernel again to go on at another server."
)


class LivingKernel(Protocol):
    """What is asked of a kernel."""

    kernel_id: str

    def announce(self, event: EventMessage) -> None:
        """Tell its learner."""
        ...


class KernelHouse(Protocol):
    """What holds the kernels of a server."""

    def living(self) -> Sequence[LivingKernel]:
        """Return those that live."""
        ...

    @property
    def is_starting_any(self) -> bool:
        """Whether a kernel starts."""
        ...

    async def end_kernel(self, kernel_id: str, reason: DeathReason) -> None:
        """End one for a reason that its learner hears of."""
        ...


class Draining:
    """Follows what the register says of this server, sign of life by sign of life."""

    def __init__(
        self, kernels: KernelHouse, *, give_up_homes: Callable[[], Awaitable[None]], stop: Callable[[], None]
    ) -> None:
        """Call `stop` when nothing is left, and before that `give_up_homes`."""
        self._kernels = kernels
        self._give_up_homes = give_up_homes
        self._stop = stop
        self._until: datetime | None = None
        #: kernels whose learners heard of the deadline, and those who heard that it is near
        self._warned: tuple[set[str], set[str]] = (set(), set())
        self._is_over = False

    async def hear(self, heard: Heard) -> None:
        """Do what is to be done now."""
        if heard.drain_until != self._until:
            self._until, self._warned = heard.drain_until, (set(), set())
            log.info("draining", until=str(heard.drain_until) if heard.drain_until else "called off")
        if heard.drain_s is None or self._is_over:
            return
        if heard.drain_s <= 0:
            for kernel in list(self._kernels.living()):
                await self._kernels.end_kernel(kernel.kernel_id, DeathReason.SERVER_DRAINED)
        else:
            self._warn(heard.drain_s)
        if not self._kernels.living() and not self._kernels.is_starting_any:
            await self._give_up_homes()
            self._is_over = True
            log.info("drained")
            self._stop()

    def _warn(self, left_s: float) -> None:
        told = self._warned[left_s <= LAST_WARNING_S]
        for kernel in self._kernels.living():
            if kernel.kernel_id not in told:
                told.add(kernel.kernel_id)
                message = warning_of(left_s)
                kernel.announce(KernelLimit(kernel_id=kernel.kernel_id, limit=LIMIT, message=message))


def warning_of(left_s: float) -> str:
    """Return what a learner is told about a kernel that ends in `left_s` seconds."""
    minutes = round(left_s / 60)
    return ENDS_LATER.format(minutes=minutes) if minutes > 1 else ENDS_NOW
