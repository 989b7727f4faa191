"""The servers of a site."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Float, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key


class Server(Base):
    """A server that was seen at least once. Times are the database's, so that no machine's clock matters."""

    __tablename__ = "servers"

    id: Mapped[Key]
    address: Mapped[str] = mapped_column(String(255))
    version: Mapped[str] = mapped_column(String(40))
    #: "ready", "draining" or "gone"; one that fell silent is gone as well, whatever stands here
    state: Mapped[str] = mapped_column(String(16), default="ready")
    #: kernels that it may hold
    kernels_max: Mapped[int]
    #: the process that speaks for it; another one took over when this changes
    incarnation: Mapped[UUID]
    #: what tells its data directory from a copy
    place: Mapped[str] = mapped_column(String(64))
    #: seconds that its machine's clock is before (+) or behind (-) the database's
    clock_offset_s: Mapped[float] = mapped_column(Float, default=0.0)
    #: where the other servers reach it; port 0: it takes no part in homes
    peer_host: Mapped[str] = mapped_column(String(255), default="", server_default="")
    peer_port: Mapped[int] = mapped_column(default=0, server_default="0")
    #: learners who are at home here and were active of late
    homes: Mapped[int] = mapped_column(default=0, server_default="0")
    #: learners for whom there is still room, by kernels and by memory
    room: Mapped[int] = mapped_column(default=0, server_default="0")
    #: kernels that wait for a learner
    warm: Mapped[int] = mapped_column(default=0, server_default="0")
    #: learners who wait for a kernel
    waiting: Mapped[int] = mapped_column(default=0, server_default="0")
    #: when a server that is drained ends its kernels
    drain_until: Mapped[datetime | None]
    #: signs of life of this incarnation; one that arrives after a later one changes nothing
    beats: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    #: whether it may hold its lease by Redis alone, so that a silence here says nothing yet
    is_witnessed: Mapped[bool] = mapped_column(default=False, server_default=false())
    started_at: Mapped[Created]
    heartbeat_at: Mapped[datetime]


class Home(Base):
    """The server at which a learner's files are written and kernels run."""

    __tablename__ = "homes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    #: None: the server is gone, and the next need finds another one
    server_id: Mapped[UUID | None] = mapped_column(index=True)
    #: grows with each change of the server, so that what an earlier home still wants to do is told from the present
    fence: Mapped[int] = mapped_column(BigInteger, default=1)
    needed_at: Mapped[datetime]
