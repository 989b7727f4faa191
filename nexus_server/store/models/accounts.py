"""People, their credentials and classes, and the record of what was changed by whom."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.lookalikes import skeleton
from nexus_server.store.models.base import Base, Created, Key, PortableJSON


def _skeleton_of_email(context: Any) -> str:
    return skeleton(context.get_current_parameters()["email"])


class User(Base):
    """A person. `email` is stored normalised (small letters, trimmed)."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role in ('student', 'instructor', 'admin')", name="role"),
        CheckConstraint("xp >= 0", name="xp"),
    )

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    #: what addresses that look alike have in common; None for older accounts that share theirs
    email_skeleton: Mapped[str | None] = mapped_column(String(600), unique=True, default=_skeleton_of_email)
    #: Argon2id in PHC form; None for people who only sign on through a provider
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16), default="student")
    xp: Mapped[int] = mapped_column(default=0)
    streak_count: Mapped[int] = mapped_column(default=0)
    longest_streak: Mapped[int] = mapped_column(default=0)
    #: learner-local day on which the streak last grew
    streak_day: Mapped[date | None]
    streak_freezes: Mapped[int] = mapped_column(default=0)
    last_login: Mapped[datetime | None]
    display_name: Mapped[str] = mapped_column(String(80))
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    #: the language of the pages and mails; None: as the browser asks
    language: Mapped[str | None] = mapped_column(String(8))
    leaderboard_opt_out: Mapped[bool] = mapped_column(default=False)
    #: what leaderboards call the person; None: the display name
    leaderboard_name: Mapped[str | None] = mapped_column(String(80))
    #: the id that leaderboards show with that name, which leads to nobody
    leaderboard_alias: Mapped[UUID | None]
    #: where a login leads; None: as the role says
    application: Mapped[str | None] = mapped_column(String(8))
    #: whether a failed cell is explained without a click
    hints_by_themselves: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: whether no language model may be asked about this person's work
    no_ai: Mapped[bool] = mapped_column(default=False, server_default=false())
    email_verified_at: Mapped[datetime | None]
    created_at: Mapped[Created]
    disabled_at: Mapped[datetime | None]


class AuthSession(Base):
    """One login: a family of refresh tokens that is revoked as a whole."""

    __tablename__ = "auth_sessions"

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Created]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(40))
    user_agent: Mapped[str] = mapped_column(String(200), default="")


class RefreshToken(Base):
    """An opaque refresh token, stored as its SHA-256; used once, then replaced by its child."""

    __tablename__ = "refresh_tokens"

    id: Mapped[Key]
    session_id: Mapped[UUID] = mapped_column(ForeignKey("auth_sessions.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("refresh_tokens.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OneTimeToken(Base):
    """A single-use token sent by mail (verify_email, reset_password), stored hashed."""

    __tablename__ = "one_time_tokens"

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ExternalIdentity(Base):
    """A person as an identity provider knows them."""

    __tablename__ = "external_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    #: its name in our settings, for showing; who somebody is depends on issuer and subject only
    provider: Mapped[str] = mapped_column(String(64))
    issuer: Mapped[str] = mapped_column(String(255), server_default="")
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[Created]


class Cohort(Base):
    """A class: instructors see the learners of their own cohorts only."""

    __tablename__ = "cohorts"
    __table_args__ = (CheckConstraint("next_order in ('chosen', 'fixed')", name="next_order"),)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(120))
    join_code: Mapped[str] = mapped_column(String(16), unique=True)
    #: ISO dates on which `calendar_day` streaks are not broken
    holidays: Mapped[list[Any]] = mapped_column(PortableJSON, default=list)
    #: whether its students are on leaderboards, and see them
    shows_boards: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: whether its students see XP and ranks; they are counted all the same
    shows_xp: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: whether *Next for you* chooses for its students, or follows the roadmap
    next_order: Mapped[str] = mapped_column(String(8), default="chosen", server_default="chosen")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    archived_at: Mapped[datetime | None]


class CohortMember(Base):
    """Who belongs to a cohort: a student, an instructor who runs it, or a grader who marks in it."""

    __tablename__ = "cohort_members"
    __table_args__ = (CheckConstraint("role in ('student', 'instructor', 'grader')", name="role"),)

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(16), default="student")
    #: what terms may differ by, "+25% time" for one; for those who teach the class
    labels: Mapped[list[Any]] = mapped_column(PortableJSON, default=list, server_default="[]")
    joined_at: Mapped[Created]


class Notification(Base):
    """One line under the bell."""

    __tablename__ = "notifications"
    __table_args__ = (Index("ix_notifications_user_id_created_at", "user_id", "created_at"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    created_at: Mapped[Created]
    read_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Append-only: who changed what. Actors are kept by id even after they are deleted."""

    __tablename__ = "audit_log"

    id: Mapped[Key]
    at: Mapped[Created] = mapped_column(index=True)
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(64), index=True)
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    request_id: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(Text)
