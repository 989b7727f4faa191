"""A learner's history as badge criteria see it, made of the events, the ledger and the learner's totals."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.gamify.criteria.evaluation import Fact, History
from nexus_server.gamify.outages import STREAK_REPAIRED
from nexus_server.gamify.payments import CORRECTION, StoredEvent
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import LearningEvent, XpEntry
from nexus_server.store.models.roadmaps import Node, Roadmap

#: the columns of events, in the order in which `StoredEvent` takes them
EVENT_COLUMNS = [getattr(LearningEvent, name) for name in StoredEvent._fields]


@dataclass(frozen=True, slots=True)
class NodePlace:
    """What a node is called, and what it is."""

    node: str
    node_type: str
    roadmap: str


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
        select(*EVENT_COLUMNS, paid.c.xp, Node.slug, Node.type, Roadmap.slug)
        .outerjoin(Node, Node.id == LearningEvent.node_id)
        .outerjoin(Roadmap, Roadmap.id == Node.roadmap_id)
        .outerjoin(paid, paid.c.event_seq == LearningEvent.seq)
        .where(LearningEvent.user_id == user_id)
        .order_by(LearningEvent.seq)
    )
    events, xp, places = [], {}, {}
    for *columns, amount, node, node_type, roadmap in rows:
        event = StoredEvent(*columns)
        events.append(event)
        xp[event.seq] = int(amount or 0)
        if event.node_id is not None and node is not None:
            places[event.node_id] = NodePlace(f"{roadmap}/{node}", node_type, roadmap)
    return history_of(user, events, xp, places)


async def read_places(session: AsyncSession, node_ids: Collection[UUID]) -> dict[UUID, NodePlace]:
    """Return what nodes are called."""
    query = select(Node.id, Node.slug, Node.type, Roadmap.slug).join(Roadmap, Roadmap.id == Node.roadmap_id)
    rows = await session.execute(query.where(Node.id.in_(node_ids)))
    return {node_id: NodePlace(f"{roadmap}/{slug}", kind, roadmap) for node_id, slug, kind, roadmap in rows}


def history_of(
    user: User, events: Iterable[StoredEvent], xp: Mapping[int, int], places: Mapping[UUID, NodePlace]
) -> History:
    """Return the history of a learner's events, oldest first; `xp` is what each paid, by its number."""
    facts = _facts(events, xp, places, ZoneInfo(user.timezone))
    return History(tuple(facts), user.xp, user.streak_count, user.longest_streak)


def _facts(
    events: Iterable[StoredEvent], xp: Mapping[int, int], places: Mapping[UUID, NodePlace], zone: ZoneInfo
) -> Iterable[Fact]:
    """Return one fact per event; a correction changes the XP of the fact that it corrects."""
    facts: dict[str, Fact] = {}
    for event in events:
        if event.kind == CORRECTION:
            corrected = facts[event.data["corrects"]]
            facts[event.data["corrects"]] = replace(corrected, xp=corrected.xp + xp.get(event.seq, 0))
            continue
        if event.kind == STREAK_REPAIRED:
            continue
        place = places.get(event.node_id) if event.node_id is not None else None
        local = event.occurred_at.astimezone(_zone_of(event.data) or zone)
        facts[event.key] = Fact(
            kind=event.kind,
            occurred_at=event.occurred_at,
            day=_day_of(event.key, event.data) or local.date(),
            hour=local.hour,
            node_key=event.node_id,
            node=place.node if place else None,
            node_type=place.node_type if place else None,
            roadmap=place.roadmap if place else None,
            difficulty=event.data.get("difficulty"),
            score=event.score,
            base_points=int(event.data.get("base_points") or 0),
            xp=xp.get(event.seq, 0),
        )
    return facts.values()


def _zone_of(data: Mapping[str, Any]) -> ZoneInfo | None:
    """Return the learner's time zone as it was then: an hour of the night is not made by a later change."""
    return ZoneInfo(stored) if (stored := data.get("timezone")) else None


def _day_of(key: str, data: Mapping[str, Any]) -> date | None:
    """Return the learner's day as it was then, which a later change of the time zone leaves alone."""
    if stored := data.get("local_day"):
        return date.fromisoformat(stored)
    return date.fromisoformat(key.removeprefix("day:")) if key.startswith("day:") else None
