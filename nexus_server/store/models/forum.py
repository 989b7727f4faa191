"""Threads, posts, votes, reports, and who follows or blocks. Deleted posts keep their row, without text."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key


class Thread(Base):
    """A question or a discussion, on a node or in general; its text is its first post."""

    __tablename__ = "threads"

    id: Mapped[Key]
    node_id: Mapped[UUID | None] = mapped_column(ForeignKey("nodes.id", ondelete="SET NULL"), index=True)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[Created]
    last_post_at: Mapped[datetime] = mapped_column(index=True)
    post_count: Mapped[int] = mapped_column(default=1)
    #: no foreign key: posts already point here, and a circle cannot be created in one migration on SQLite
    accepted_post_id: Mapped[UUID | None]
    locked_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class Post(Base):
    """Markdown as written, and the sanitised HTML made from it."""

    __tablename__ = "posts"
    __table_args__ = (Index("ix_posts_thread_id_created_at", "thread_id", "created_at"),)

    id: Mapped[Key]
    thread_id: Mapped[UUID] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    body_md: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    score: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    #: hidden by moderation, still visible to moderators
    hidden_at: Mapped[datetime | None]
    #: the lab whose solution the text shows: who has not completed it does not read it
    spoiler_node_id: Mapped[UUID | None] = mapped_column(ForeignKey("nodes.id", ondelete="SET NULL"), index=True)


class PostVersion(Base):
    """A text that a post had before it was edited."""

    __tablename__ = "post_versions"

    id: Mapped[Key]
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    body_md: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    #: who replaced it, and when
    edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    replaced_at: Mapped[datetime]


class ThreadFollow(Base):
    """Somebody hears of new posts in a thread."""

    __tablename__ = "thread_follows"

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[Created]


class ForumDigest(Base):
    """Somebody wants a mail a day about what is new in the forum."""

    __tablename__ = "forum_digests"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    #: what ends it without a login; it can do nothing else
    token: Mapped[str] = mapped_column(String(64), unique=True)
    #: what is newer than this is in the next mail
    sent_at: Mapped[datetime] = mapped_column(index=True)


class UserBlock(Base):
    """Somebody does not want to read or hear of another."""

    __tablename__ = "user_blocks"

    blocker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    blocked_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[Created]


class Vote(Base):
    """One learner's vote on one post."""

    __tablename__ = "votes"
    __table_args__ = (CheckConstraint("value in (-1, 1)", name="value"),)

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    value: Mapped[int]
    created_at: Mapped[Created]


class Report(Base):
    """A learner's report of a post to the moderators; an appeal is the author's, of a post that was hidden."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("post_id", "reporter_id"),)

    id: Mapped[Key]
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(400))
    is_appeal: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[Created]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    resolution: Mapped[str | None] = mapped_column(String(16))
