"""What a site tells of its servers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel


class ServerState(StrEnum):
    """How a server is."""

    READY = "ready"
    #: it takes no new learners, and stops when its kernels have ended
    DRAINING = "draining"
    #: it stopped, or gave no sign of life for longer than its lease
    GONE = "gone"


class ServerView(BaseModel):
    """A server as its site sees it."""

    id: UUID
    address: str
    version: str
    #: where the other servers reach it; port 0: it shares no learners
    peer_host: str
    peer_port: int
    state: ServerState
    kernels: int
    kernels_max: int
    #: learners who are at home here and were active of late
    homes: int
    #: learners for whom there is still room
    room: int
    #: kernels that wait for a learner
    warm: int
    #: learners who wait for a kernel
    waiting: int
    #: when its kernels end, while it is drained
    drain_until: datetime | None
    #: seconds that its machine's clock is before (+) or behind (-) the database's
    clock_offset_s: float
    started_at: datetime
    heartbeat_at: datetime


class ServersView(BaseModel):
    """Servers, by address; none where the site has one, on SQLite."""

    items: list[ServerView]
    next: None = None
