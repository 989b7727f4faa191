"""Lessons that instructors announce."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key


class AnnouncedLesson(Base):
    """A class begins a lab at a time: kernels are made ready for it."""

    __tablename__ = "announced_lessons"

    id: Mapped[Key]
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), index=True)
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[Created]
