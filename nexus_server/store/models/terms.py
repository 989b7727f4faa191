"""Where a lab's terms differ for a learner or a class."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key, PortableJSON


class TermsOverrideRow(Base):
    """An override for one learner or one class. `terms` has the terms that it names, and only those."""

    __tablename__ = "terms_overrides"
    __table_args__ = (
        CheckConstraint("(user_id is null) <> (cohort_id is null)", name="one_holder"),
        UniqueConstraint("node_id", "user_id"),
        UniqueConstraint("node_id", "cohort_id"),
    )

    id: Mapped[Key]
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), index=True)
    terms: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    #: why, for colleagues; learners do not see it
    note: Mapped[str] = mapped_column(String(300), default="")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
