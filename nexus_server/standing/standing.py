"""Where a learner stands: the rank that the XP give, and the earned badges; read along with the learner's own row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select

from nexus_server.standing.ranks import Rank, find_next_rank, rank_of
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import Badge, UserBadge


@dataclass(frozen=True, slots=True)
class EarnedBadge:
    """A badge that a learner has."""

    id: UUID
    slug: str
    name: str
    icon_url: str
    earned_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """XP and rank. `next_rank` is None at the top."""

    xp: int
    rank: Rank
    next_rank: Rank | None
    badges: list[EarnedBadge]


def with_badges(users: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return the statement with one row per earned badge, by slug: a learner without badges has one row, too."""
    return (
        users.add_columns(
            Badge.id.label("badge_id"),
            Badge.slug.label("badge_slug"),
            Badge.name.label("badge_name"),
            Badge.icon_url.label("badge_icon_url"),
            UserBadge.earned_at.label("badge_earned_at"),
        )
        .outerjoin(UserBadge, UserBadge.user_id == User.id)
        .outerjoin(Badge, Badge.id == UserBadge.badge_id)
        .order_by(Badge.slug)
    )


def standing_of(xp: int, rows: Iterable[Row[*tuple[Any, ...]]]) -> Standing:
    """Return the standing of a learner with `xp`, from rows of a statement `with_badges`."""
    badges = [
        EarnedBadge(row.badge_id, row.badge_slug, row.badge_name, row.badge_icon_url, row.badge_earned_at)
        for row in rows
        if row.badge_id is not None
    ]
    return Standing(xp, rank_of(xp), find_next_rank(xp), badges)
