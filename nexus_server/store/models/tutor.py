"""Hints given and conversations held."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key, PortableJSON


class Hint(Base):
    """A hint as the learner saw it. `fingerprint` is the SHA-256 of what it answers: equal errors share a text."""

    __tablename__ = "hints"
    __table_args__ = (Index("ix_hints_user_id_created_at", "user_id", "created_at"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    node_id: Mapped[UUID | None] = mapped_column(ForeignKey("nodes.id", ondelete="SET NULL"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    #: SHA-256 of the error alone, without the code around it: asking again about the same error goes a level deeper
    error_key: Mapped[str] = mapped_column(String(64), default="")
    level: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    concept: Mapped[str] = mapped_column(String(80))
    #: a model's name, "author" or "static"
    source: Mapped[str] = mapped_column(String(16))
    ename: Mapped[str] = mapped_column(String(120), default="")
    cached: Mapped[bool] = mapped_column(default=False)
    helpful: Mapped[bool | None]
    comment: Mapped[str | None] = mapped_column(Text)
    usage: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    created_at: Mapped[Created]


class ChatMessage(Base):
    """One message of a learner's chat with the tutor; `node_id` is None for the general room."""

    __tablename__ = "chat_messages"
    __table_args__ = (Index("ix_chat_messages_user_id_node_id_created_at", "user_id", "node_id", "created_at"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    node_id: Mapped[UUID | None] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    #: "learner" or "tutor"
    author: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(16), default="")
    usage: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    created_at: Mapped[Created]


class TutorPolicyRow(Base):
    """What the tutor may do at one place. `said` has what the place says, and only that."""

    __tablename__ = "tutor_policies"

    id: Mapped[Key]
    #: the three ids in one text, so that a place has one policy; NULLs would not be unique
    place: Mapped[str] = mapped_column(String(80), unique=True)
    #: NULL: for every class
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    #: at most one of these two; both NULL: everywhere
    roadmap_id: Mapped[UUID | None] = mapped_column(ForeignKey("roadmaps.id", ondelete="CASCADE"))
    node_id: Mapped[UUID | None] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    said: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    set_at: Mapped[Created]


class ModelCall(Base):
    """One question to a model: what was reserved for it, and then what it took."""

    __tablename__ = "model_calls"

    id: Mapped[Key]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    node_id: Mapped[UUID | None] = mapped_column(ForeignKey("nodes.id", ondelete="SET NULL"))
    model: Mapped[str] = mapped_column(String(16))
    tokens: Mapped[int]
    #: millionths of the money that the site's prices count
    cost_micro: Mapped[int] = mapped_column(BigInteger)
    #: False: reserved, and counted as if all of it were spent
    is_settled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Created] = mapped_column(index=True)


class HelpRequest(Base):
    """A learner who is stuck asks a person: the cell, the error and the conversation as they were then."""

    __tablename__ = "help_requests"
    __table_args__ = (Index("ix_help_requests_user_id_created_at", "user_id", "created_at"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    node_id: Mapped[UUID | None] = mapped_column(ForeignKey("nodes.id", ondelete="SET NULL"))
    #: the learner's own words
    note: Mapped[str] = mapped_column(Text, default="")
    cell_source: Mapped[str] = mapped_column(Text, default="")
    #: ename, evalue and traceback; NULL where nothing failed
    error: Mapped[dict[str, Any] | None] = mapped_column(PortableJSON)
    #: author and text of each hint and message, oldest first
    conversation: Mapped[list[Any]] = mapped_column(PortableJSON, default=list)
    created_at: Mapped[Created]
    #: NULL: it waits
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
