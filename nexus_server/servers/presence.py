"""What a server says of itself: once who it is, and with each sign of life how it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ServerPresence:
    """Who a server is."""

    id: UUID
    #: the process that speaks for it
    incarnation: UUID
    address: str
    version: str
    #: what tells its data directory from a copy
    place: str
    kernels_max: int
    #: where the other servers reach it; port 0: it takes no part in homes
    peer_host: str = ""
    peer_port: int = 0


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """What goes with each."""

    #: how many this process gave before and with it
    number: int = 1
    #: whether the server may hold its lease by Redis alone from now on
    is_witnessed: bool = False


@dataclass(frozen=True, slots=True)
class ServerLoad:
    """How a server is."""

    #: kernels for which it still has memory
    memory_room: int
    #: kernels that wait for a learner
    warm: int = 0
    #: learners who wait for a kernel
    waiting: int = 0


#: tells how this server is
Measure = Callable[[], ServerLoad]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a server hears when it gave a sign of life."""

    #: by how many seconds its machine's clock is before the database's
    clock_offset_s: float
    #: when it ends its kernels, if it is drained
    drain_until: datetime | None
    #: seconds until then
    drain_s: float | None
