"""What those who teach add to a gradebook: schemes, marks for whole steps, notes, and what was exported last."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key, PortableJSON


class GradingSchemeRow(Base):
    """How the final grade of a roadmap comes about in a class."""

    __tablename__ = "grading_schemes"
    __table_args__ = (UniqueConstraint("roadmap_id", "cohort_id"),)

    id: Mapped[Key]
    roadmap_id: Mapped[UUID] = mapped_column(ForeignKey("roadmaps.id", ondelete="CASCADE"))
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), index=True)
    scheme: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]


class StepMark(Base):
    """A score for a whole step that a person gave in place of the earned one. Append-only, but for `is_current`."""

    __tablename__ = "step_marks"
    __table_args__ = (
        Index("ix_step_marks_user_id_node_id", "user_id", "node_id"),
        Index(
            "uq_step_marks_current",
            "user_id",
            "node_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), index=True)
    #: 0 to 1; NULL: the earned score counts again
    share: Mapped[float | None] = mapped_column(Float)
    #: page or csv
    origin: Mapped[str] = mapped_column(String(10))
    is_current: Mapped[bool]
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    given_at: Mapped[Created]


class GradebookNote(Base):
    """What those who teach a learner keep in mind about them in a roadmap."""

    __tablename__ = "gradebook_notes"
    __table_args__ = (UniqueConstraint("roadmap_id", "user_id"),)

    id: Mapped[Key]
    roadmap_id: Mapped[UUID] = mapped_column(ForeignKey("roadmaps.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(Text)
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    written_at: Mapped[datetime]


class GradebookExport(Base):
    """When somebody took grades out of a gradebook last."""

    __tablename__ = "gradebook_exports"
    __table_args__ = (Index("ix_gradebook_exports_exported_by", "exported_by", "roadmap_id"),)

    id: Mapped[Key]
    exported_by: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    roadmap_id: Mapped[UUID] = mapped_column(ForeignKey("roadmaps.id", ondelete="CASCADE"))
    #: NULL: of everybody whom they teach
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    exported_at: Mapped[datetime]


class ExportedGrades(Base):
    """A learner's grades as they were exported."""

    __tablename__ = "exported_grades"

    export_id: Mapped[UUID] = mapped_column(ForeignKey("gradebook_exports.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    #: by column, as texts
    grades: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
