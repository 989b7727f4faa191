"""Outages that an operator made up for: one event for each learner whose streak they could have ended."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.standing.streaks import Outage
from nexus_server.store.models.gamify import LearningEvent

#: the kind of events that make up for an outage: no achievement, so nothing counts them
STREAK_REPAIRED = "streak_repaired"


def repair_of(outage: Outage, user_id: UUID, now: datetime) -> LearningEvent:
    """Return the event that makes up for an outage; its key is the same for the same outage."""
    facts = {"from": outage.begin.isoformat(), "to": outage.end.isoformat()}
    return LearningEvent(user_id=user_id, kind=STREAK_REPAIRED, key=repair_key(outage), data=facts, occurred_at=now)


def repair_key(outage: Outage) -> str:
    """Return the key of an outage's events."""
    return f"outage:{outage.begin.astimezone(UTC).isoformat()}/{outage.end.astimezone(UTC).isoformat()}"


def outages_of(facts: Iterable[Mapping[str, Any]]) -> list[Outage]:
    """Return the outages of such events."""
    return [Outage(datetime.fromisoformat(each["from"]), datetime.fromisoformat(each["to"])) for each in facts]


async def read_outages(session: AsyncSession, user_id: UUID) -> list[Outage]:
    """Return what was made up for, for a learner."""
    query = select(LearningEvent.data).where(
        LearningEvent.user_id == user_id, LearningEvent.kind == STREAK_REPAIRED, LearningEvent.key.startswith("outage:")
    )
    return outages_of(await session.scalars(query))
