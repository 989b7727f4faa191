"""The spine: append-only learning events, the XP ledger made from them, and badges."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key, PortableJSON, Slug

# SQLite numbers rows by itself only for INTEGER primary keys.
Sequence = BigInteger().with_variant(Integer, "sqlite")


class LearningEvent(Base):
    """Something achieved, once: `key` is unique for the learner. Never updated, never deleted but with the account."""

    __tablename__ = "learning_events"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    #: order of recording, which is the order of every rebuild
    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(160))
    node_id: Mapped[UUID | None] = mapped_column(ForeignKey("nodes.id", ondelete="SET NULL"), index=True)
    score: Mapped[float | None] = mapped_column(Float)
    #: what the XP formula needs, as it was then: {"difficulty", "base_points", ...}
    data: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    occurred_at: Mapped[datetime] = mapped_column(index=True)


class XpEntry(Base):
    """One payment of XP; `award_key` is unique for the learner, so nothing pays twice."""

    __tablename__ = "xp_ledger"
    __table_args__ = (
        UniqueConstraint("user_id", "award_key"),
        Index("ix_xp_ledger_iso_week_user_id", "iso_week", "user_id"),
    )

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    event_seq: Mapped[int] = mapped_column(Sequence, ForeignKey("learning_events.seq", ondelete="CASCADE"), index=True)
    award_key: Mapped[str] = mapped_column(String(160))
    amount: Mapped[int]
    #: "node", "quiz", "streak", ...
    reason: Mapped[str] = mapped_column(String(40))
    #: ISO week in UTC, e.g. ``2026-W47``: the weekly leaderboard's key
    iso_week: Mapped[str] = mapped_column(String(8))
    awarded_at: Mapped[datetime]
    #: version of the rules that it was paid by
    rule_version: Mapped[int] = mapped_column(default=1, server_default="1")


class Badge(Base):
    """A badge and what earns it, as data."""

    __tablename__ = "badges"

    id: Mapped[Key]
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    icon_url: Mapped[str] = mapped_column(Text, default="")
    criteria_json: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    #: slug of the roadmap whose files have it; empty: it comes with the product
    origin: Mapped[str] = mapped_column(String(120), default="", server_default="")
    #: whether it can still be earned; who has it keeps it
    is_offered: Mapped[bool] = mapped_column(default=True, server_default=true())


class LeaguePlace(Base):
    """A learner's league in a week: `band` is the place of the rank, `number` counts the leagues of a band from 1."""

    __tablename__ = "league_places"
    __table_args__ = (Index("ix_league_places_week_band_number", "week", "band", "number"),)

    week: Mapped[str] = mapped_column(String(8), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    band: Mapped[int]
    number: Mapped[int]


class WeeklyGoal(Base):
    """What a learner wants to do in each week: so many days, steps or XP."""

    __tablename__ = "weekly_goals"
    __table_args__ = (CheckConstraint("kind in ('days', 'steps', 'xp')", name="kind"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    target: Mapped[int]
    set_at: Mapped[datetime]


class UserBadge(Base):
    """A badge that somebody earned."""

    __tablename__ = "user_badges"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    badge_id: Mapped[UUID] = mapped_column(ForeignKey("badges.id", ondelete="CASCADE"), primary_key=True)
    earned_at: Mapped[Created]
