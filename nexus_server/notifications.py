"""The bell: what happened while the learner looked elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification

PAGE = 50


@dataclass(frozen=True, slots=True)
class NotificationView:
    """One line under the bell."""

    id: UUID
    type: str
    payload: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


class NotificationService:
    """Reads and clears a learner's notifications."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._clock = clock

    async def newest(self, learner: Learner, *, before: datetime | None = None) -> list[NotificationView]:
        """Return the newest notifications, or those before a moment."""
        query = select(Notification).where(Notification.user_id == learner.id).order_by(Notification.created_at.desc())
        if before is not None:
            query = query.where(Notification.created_at < before)
        async with self._database.transaction() as session:
            rows = await session.scalars(query.limit(PAGE))
            return [NotificationView(row.id, row.type, row.payload, row.created_at, row.read_at) for row in rows]

    async def mark_read(self, learner: Learner) -> None:
        """Mark all that the learner has as read."""
        query = update(Notification).where(Notification.user_id == learner.id, Notification.read_at.is_(None))
        async with self._database.transaction() as session:
            await session.execute(query.values(read_at=self._clock.now()))
