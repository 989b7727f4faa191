"""Submissions, which are the grading queue too, and every grade they were ever given."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Key, PortableJSON


class Submission(Base):
    """A notebook as received, its place in the queue, and its current grade. `score` is in points of `max_score`."""

    __tablename__ = "submissions"
    __table_args__ = (
        CheckConstraint("status in ('queued', 'running', 'graded', 'failed')", name="status"),
        UniqueConstraint("user_id", "node_id", "attempt"),
        Index("ix_submissions_status_received_at", "status", "received_at"),
    )

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), index=True)
    notebook: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    attempt: Mapped[int]
    received_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), default="queued")
    score: Mapped[float | None] = mapped_column(Float)
    max_score: Mapped[float | None] = mapped_column(Float)
    needs_manual: Mapped[bool] = mapped_column(default=False)
    #: why grading failed, for the learner
    reason: Mapped[str | None] = mapped_column(String(300))
    #: share taken off for lateness, 0 to 1
    late_penalty: Mapped[float] = mapped_column(Float, default=0.0)
    #: per-cell results, as in the contract
    results: Mapped[list[Any] | None] = mapped_column(PortableJSON)
    feedback: Mapped[str | None] = mapped_column(Text, deferred=True)
    graded_at: Mapped[datetime | None]
    #: {"image", "content_hash", "test_hash", ..., "hmac"}
    provenance: Mapped[dict[str, Any] | None] = mapped_column(PortableJSON)
    #: whether its grade waits to count until the results of an exam are released
    is_held: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: XP that its grade paid
    xp_awarded: Mapped[int] = mapped_column(default=0)
    #: who works on it, and until when that claim holds; when queued: not to be tried before `claimed_until`
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    claimed_until: Mapped[datetime | None]
    #: how often the infrastructure failed under it; never the learner's fault
    failures: Mapped[int] = mapped_column(default=0)
    #: what one of the learner's group handed in, whose grade is this one's; NULL: it was handed in itself
    copy_of: Mapped[UUID | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"), index=True)
    #: when a grade was written of which nobody was told yet (badges, leaderboard, tabs); None once that is done
    untold_since: Mapped[datetime | None] = mapped_column(index=True)


class Grade(Base):
    """A grade that a submission was given: the first, a regrade, or by hand. Append-only history."""

    __tablename__ = "grades"

    id: Mapped[Key]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), index=True)
    #: "autograde", "regrade" or "manual"
    origin: Mapped[str] = mapped_column(String(16))
    score: Mapped[float] = mapped_column(Float)
    max_score: Mapped[float] = mapped_column(Float)
    results: Mapped[list[Any]] = mapped_column(PortableJSON)
    provenance: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    comment: Mapped[str | None] = mapped_column(Text)
    graded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    graded_at: Mapped[datetime]
