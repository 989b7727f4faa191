"""A learner's history as badge criteria see it, read from the events, the ledger and the learner's totals."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.gamify.criteria.evaluation import Fact, History
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import LearningEvent, XpEntry
from nexus_server.store.models.roadmaps import Node, Roadmap


async def read_history(session: AsyncSession, user_id: UUID) -> History:
    """Return what the learner did, oldest first, in one statement and the learner's own row."""
    user = await session.get_one(User, user_id)
    paid = (
        select(XpEntry.event_seq, func.sum(XpEntry.amount).label("xp"))
        .where(XpEntry.user_id == user_id)
        .group_by(XpEntry.event_seq)
        .subquery()
    )
    rows = await session.execute(
        select(
            LearningEvent.kind,
            LearningEvent.key,
            LearningEvent.node_id,
            LearningEvent.score,
            LearningEvent.data,
            LearningEvent.occurred_at,
            Node.slug.label("node"),
            Node.type.label("node_type"),
            Roadmap.slug.label("roadmap"),
            func.coalesce(paid.c.xp, 0).label("xp"),
        )
        .outerjoin(Node, Node.id == LearningEvent.node_id)
        .outerjoin(Roadmap, Roadmap.id == Node.roadmap_id)
        .outerjoin(paid, paid.c.event_seq == LearningEvent.seq)
        .where(LearningEvent.user_id == user_id)
        .order_by(LearningEvent.seq)
    )
    return History(tuple(_facts(rows, ZoneInfo(user.timezone))), user.xp, user.streak_count, user.longest_streak)


def _facts(rows: Iterable[Row[*tuple[Any, ...]]], zone: ZoneInfo) -> Iterable[Fact]:
    for row in rows:
        local = row.occurred_at.astimezone(zone)
        yield Fact(
            kind=row.kind,
            occurred_at=row.occurred_at,
            day=_day_of(row.key, row.data) or local.date(),
            hour=local.hour,
            node_key=row.node_id,
            node=f"{row.roadmap}/{row.node}" if row.node else None,
            node_type=row.node_type,
            roadmap=row.roadmap,
            difficulty=row.data.get("difficulty"),
            score=row.score,
            base_points=int(row.data.get("base_points") or 0),
            xp=int(row.xp),
        )


def _day_of(key: str, data: dict[str, Any]) -> date | None:
    """Return the learner's day as it was then, which a later change of the time zone leaves alone."""
    if stored := data.get("local_day"):
        return date.fromisoformat(stored)
    return date.fromisoformat(key.removeprefix("day:")) if key.startswith("day:") else None
