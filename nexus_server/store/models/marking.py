"""Marking by people: answers, who has them in hand, rubrics, every mark, and requests to look again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Float, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key, PortableJSON


class HandAnswer(Base):
    """A learner's answer to a question that a person marks, of the attempt that counts; read off their submission."""

    __tablename__ = "hand_answers"
    __table_args__ = (
        UniqueConstraint("node_id", "grade_id", "user_id"),
        Index("ix_hand_answers_user_id", "user_id"),
        Index("ix_hand_answers_submission_id", "submission_id"),
    )

    id: Mapped[Key]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    grade_id: Mapped[str] = mapped_column(String(200))
    attempt: Mapped[int]
    is_code: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    outputs: Mapped[str] = mapped_column(Text)
    #: what answers share that are the same but for how they are written
    normal: Mapped[str] = mapped_column(Text)
    max_points: Mapped[float] = mapped_column(Float)
    #: NULL: it waits
    points: Mapped[float | None] = mapped_column(Float)
    comment: Mapped[str | None] = mapped_column(Text)
    #: ids of the rubric's items that it was given
    items: Mapped[list[Any]] = mapped_column(PortableJSON, default=list)
    #: when it came, or was marked
    changed_at: Mapped[datetime]


class AnswerClaim(Base):
    """Somebody has an answer in hand until a moment; nobody else is given it meanwhile."""

    __tablename__ = "answer_claims"

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("hand_answers.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime]


class Mark(Base):
    """A change of one cell's points by a person. Append-only, but for `undone_at`."""

    __tablename__ = "marks"
    __table_args__ = (Index("ix_marks_submission_id_grade_id", "submission_id", "grade_id"),)

    id: Mapped[Key]
    #: what was given with one action has one batch, and is undone together
    batch_id: Mapped[UUID] = mapped_column(index=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    grade_id: Mapped[str] = mapped_column(String(200))
    #: "page", "desk", "group", "rubric", "request", "settled" or "undo"
    origin: Mapped[str] = mapped_column(String(16))
    #: the cell's result before and after
    before: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    after: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    marked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    marked_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Rubric(Base):
    """How a class's answers to a question are marked: items with points, in the order of their keys."""

    __tablename__ = "rubrics"
    __table_args__ = (UniqueConstraint("cohort_id", "node_id", "grade_id"),)

    id: Mapped[Key]
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    grade_id: Mapped[str] = mapped_column(String(200))
    #: whether points are counted down from the whole, not up from none
    starts_full: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: id, text, points and is_retired of each item
    items: Mapped[list[Any]] = mapped_column(PortableJSON)
    #: counts its changes: who saw an older one changes nothing
    version: Mapped[int]


class MarkingDesk(Base):
    """How a class's answers to a lab are marked."""

    __tablename__ = "marking_desks"

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), primary_key=True)
    #: whether names are hidden from whoever marks
    is_anonymous: Mapped[bool]
    #: whether two people mark each answer, without seeing each other's marks
    takes_two: Mapped[bool] = mapped_column(default=False, server_default=false())


class BlindMark(Base):
    """What one of two people gives an answer. It becomes a mark when both agree, or somebody settles it."""

    __tablename__ = "blind_marks"
    __table_args__ = (UniqueConstraint("answer_id", "marked_by"),)

    id: Mapped[Key]
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("hand_answers.id", ondelete="CASCADE"))
    marked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    #: what was given with one action is taken back together
    batch_id: Mapped[UUID] = mapped_column(index=True)
    points: Mapped[float] = mapped_column(Float)
    comment: Mapped[str | None] = mapped_column(Text)
    #: the rubric's items as they were
    items: Mapped[list[Any]] = mapped_column(PortableJSON, default=list)
    marked_at: Mapped[datetime]


class RegradeRequest(Base):
    """A learner asks for another look at the points of a cell; a person answers once."""

    __tablename__ = "regrade_requests"
    __table_args__ = (Index("ix_regrade_requests_submission_id_grade_id", "submission_id", "grade_id"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    grade_id: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    #: points when it was asked
    points: Mapped[float] = mapped_column(Float)
    created_at: Mapped[Created]
    #: NULL: it waits
    answer: Mapped[str | None] = mapped_column(Text)
    #: points after the answer
    new_points: Mapped[float | None] = mapped_column(Float)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
