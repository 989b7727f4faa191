"""Content as the database knows it, and each learner's way through it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key, PortableJSON, Slug


class Roadmap(Base):
    """An ordered set of nodes, read from one folder under `content/`."""

    __tablename__ = "roadmaps"
    __table_args__ = (CheckConstraint("difficulty in ('beginner', 'intermediate', 'advanced')", name="difficulty"),)

    id: Mapped[Key]
    slug: Mapped[Slug] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    difficulty: Mapped[str] = mapped_column(String(16))
    order_index: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    #: the map: [{"id", "title", "needs", "taught", "note"}, ...]
    concepts: Mapped[list[Any]] = mapped_column(PortableJSON, default=list, server_default="[]")
    synced_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]


class Node(Base):
    """One step of a roadmap. `requires` is the prerequisite expression of `roadmap.yaml`, by node slug."""

    __tablename__ = "nodes"
    __table_args__ = (
        UniqueConstraint("roadmap_id", "slug"),
        CheckConstraint("type in ('video', 'note', 'lab')", name="type"),
    )

    id: Mapped[Key]
    roadmap_id: Mapped[UUID] = mapped_column(ForeignKey("roadmaps.id", ondelete="CASCADE"), index=True)
    slug: Mapped[Slug]
    title: Mapped[str] = mapped_column(String(200))
    content_md: Mapped[str] = mapped_column(Text, default="")
    order_index: Mapped[int]
    type: Mapped[str] = mapped_column(String(8))
    #: base points of the XP formula
    points: Mapped[int] = mapped_column(default=10)
    spec: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    requires: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    #: path of the node's main file, relative to the content directory
    source_path: Mapped[str] = mapped_column(String(400), default="")
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    #: for a lab, the source notebook (solutions and hidden tests included), nbformat JSON; never sent to a learner
    source_notebook: Mapped[str | None] = mapped_column(Text)
    #: for a lab, the student version made from it
    release_notebook: Mapped[str | None] = mapped_column(Text)
    archived_at: Mapped[datetime | None]


class Quiz(Base):
    """The questions that belong to a node (the seed calls it a topic)."""

    __tablename__ = "quizzes"

    id: Mapped[Key]
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), unique=True)
    #: questions with answers and explanations; never sent to a learner as it is
    questions_json: Mapped[list[Any]] = mapped_column(PortableJSON)
    #: share of the points, 0 to 1
    passing_score: Mapped[float] = mapped_column(Float, default=0.7)
    spec: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    #: since when it is in no file; its attempts stay
    archived_at: Mapped[datetime | None]


class QuizAttempt(Base):
    """One try at a quiz. `score` is a share, 0 to 1."""

    __tablename__ = "quiz_attempts"
    __table_args__ = (UniqueConstraint("quiz_id", "user_id", "attempt"),)

    id: Mapped[Key]
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    attempt: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    per_question: Mapped[list[Any]] = mapped_column(PortableJSON)
    score: Mapped[float] = mapped_column(Float)
    passed: Mapped[bool]
    created_at: Mapped[Created]


class UserProgress(Base):
    """Where a learner stands on a node. A missing row means that nothing was done yet. `score` is a share, 0 to 1."""

    __tablename__ = "user_progress"
    __table_args__ = (
        CheckConstraint("status in ('locked', 'in_progress', 'completed')", name="status"),
        Index("ix_user_progress_node_id_status", "node_id", "status"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    score: Mapped[float | None] = mapped_column(Float)
    #: resume point: seconds into a video, or a scroll share of a note
    last_position: Mapped[float | None] = mapped_column(Float)
    #: share of a video that was watched, 0 to 1, with the watched intervals in seconds
    watched: Mapped[dict[str, Any] | None] = mapped_column(PortableJSON)
    #: content hash of the lab release in the learner's workspace
    released_hash: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
