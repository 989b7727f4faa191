"""How much memory warm kernels may take: nobody's code runs in them, so what they take now is what they cost."""

from collections.abc import Callable
from dataclasses import dataclass

from nexus_server.kernels.limits import available_mb

#: the share of the machine's free memory, at the server's start, that warm kernels may take at most
POOL_SHARE = 0.25
#: the share of it that stays free for learners who work, whoever is expected
RESERVED_SHARE = 0.25
#: the share below which kernels that wait for expected learners are ended again
SHORT_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class PoolMemory:
    """The bounds of one server's pool, in MiB."""

    #: most that all warm kernels take together
    most_mb: float
    #: what was free when the server started
    base_mb: float
    #: tells what is free now
    free_mb: Callable[[], float]

    @classmethod
    def of_machine(cls, most_mb: int, free_mb: Callable[[], float] = available_mb) -> "PoolMemory":
        """Return the bounds on this machine, where a site allows `most_mb`."""
        base_mb = free_mb()
        return cls(min(most_mb, base_mb * POOL_SHARE), base_mb, free_mb)

    def fits(self, taken_mb: float, one_more_mb: float) -> bool:
        """Whether a kernel of `one_more_mb` fits beside the others, which take `taken_mb`."""
        return taken_mb + one_more_mb <= self.most_mb

    def can_grow_ahead(self, one_more_mb: float) -> bool:
        """Whether the machine has room for a kernel that nobody asked for yet."""
        return self.free_mb() - one_more_mb >= self.base_mb * RESERVED_SHARE

    def is_short(self) -> bool:
        """Whether the machine needs back what waits for expected learners."""
        return self.free_mb() < self.base_mb * SHORT_SHARE
