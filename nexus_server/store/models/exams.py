"""Timed exams that learners started."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Key


class ExamSitting(Base):
    """One learner's sitting of a timed exam. Its end follows from the terms; nothing of its results is shown before."""

    __tablename__ = "exam_sittings"
    __table_args__ = (UniqueConstraint("user_id", "node_id"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    #: when to look whether it is over; NULL: it is
    check_at: Mapped[datetime | None] = mapped_column(index=True)
    #: when it was over; what was in the workspace was handed in
    ended_at: Mapped[datetime | None]
    #: why nothing could be handed in at the end; empty where that went well
    problem: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: when the learner was let see the results
    released_at: Mapped[datetime | None]
