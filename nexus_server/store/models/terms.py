"""Where a lab's terms differ for a learner, a class, or those of a class who have a label."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key, PortableJSON


class TermsOverrideRow(Base):
    """An override for a learner, a class, or a label of a class. `terms` has those that it names, and no others."""

    __tablename__ = "terms_overrides"
    __table_args__ = (
        CheckConstraint("(user_id is null) <> (cohort_id is null)", name="one_holder"),
        UniqueConstraint("node_id", "user_id"),
        UniqueConstraint("node_id", "cohort_id", "label"),
    )

    id: Mapped[Key]
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), index=True)
    #: of those in the class who have this label; empty: the whole class
    label: Mapped[str] = mapped_column(String(60), default="", server_default="")
    terms: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    #: why, for colleagues; learners do not see it
    note: Mapped[str] = mapped_column(String(300), default="")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
