"""Who owns which kernel: containers' labels cannot change, so ownership lives here."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key, PortableJSON


class Kernel(Base):
    """A learner's kernel, living or dead. `id` is the kernel id that Jupyter's API shows."""

    __tablename__ = "kernels"

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    #: whose kernel it is among the servers of a site; None: of a version that knew one server only
    server_id: Mapped[UUID | None] = mapped_column(index=True)
    kernel_name: Mapped[str] = mapped_column(String(80))
    container_id: Mapped[str | None] = mapped_column(String(64), index=True)
    #: "starting", "alive", "dead"
    state: Mapped[str] = mapped_column(String(16), default="starting", index=True)
    death_reason: Mapped[str | None] = mapped_column(String(40))
    #: what re-adoption needs besides the connection file: image, workspace, path, limits
    spec: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    created_at: Mapped[Created]
    last_activity: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class KernelSession(Base):
    """A Jupyter session: a document of one learner joined to one of that learner's kernels."""

    __tablename__ = "kernel_sessions"
    __table_args__ = (UniqueConstraint("user_id", "server_id", "path", "type"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kernel_id: Mapped[UUID] = mapped_column(ForeignKey("kernels.id", ondelete="CASCADE"), index=True)
    #: the server of its kernel; None: of a version that knew one server only
    server_id: Mapped[UUID | None] = mapped_column(index=True)
    path: Mapped[str] = mapped_column(String(1000))
    name: Mapped[str] = mapped_column(String(400), default="")
    type: Mapped[str] = mapped_column(String(40), default="notebook")
    created_at: Mapped[Created]
