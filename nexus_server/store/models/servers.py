"""The servers of a site."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key


class Server(Base):
    """A server that was seen at least once. Times are the database's, so that no machine's clock matters."""

    __tablename__ = "servers"

    id: Mapped[Key]
    address: Mapped[str] = mapped_column(String(255))
    version: Mapped[str] = mapped_column(String(40))
    #: "ready" or "gone"; one that fell silent is gone as well, whatever stands here
    state: Mapped[str] = mapped_column(String(16), default="ready")
    #: kernels that it may hold
    kernels_max: Mapped[int]
    #: the process that speaks for it; another one took over when this changes
    incarnation: Mapped[UUID]
    #: what tells its data directory from a copy
    place: Mapped[str] = mapped_column(String(64))
    #: seconds that its machine's clock is before (+) or behind (-) the database's
    clock_offset_s: Mapped[float] = mapped_column(Float, default=0.0)
    started_at: Mapped[Created]
    heartbeat_at: Mapped[datetime]
