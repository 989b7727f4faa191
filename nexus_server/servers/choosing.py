"""Which server becomes a learner's home: the one with the largest share of its capacity free."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much a server can take."""

    server_id: UUID
    kernels_max: int
    #: learners for whom there is still room; below zero where there are too many
    room: int

    @property
    def free_share(self) -> float:
        """How much of it is free: 1 is all."""
        return self.room / max(1, self.kernels_max)


def room_of(*, kernels_max: int, kernels: int, homes: int, memory_room: int) -> int:
    """Return for how many more learners a server has room.

    A learner who is at home there and has no kernel yet is about to start one, so that room is taken.
    """
    expected = max(homes - kernels, 0)
    return min(kernels_max - kernels, memory_room) - expected


def choose(servers: Iterable[Capacity]) -> UUID | None:
    """Return the server with the largest free share, the one with more room among equals; None: there is no server."""
    best = max(servers, key=lambda each: (each.free_share, each.room, each.server_id.int), default=None)
    return best.server_id if best is not None else None
