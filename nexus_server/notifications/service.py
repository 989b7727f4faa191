"""The bell: what happened while the learner looked elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.paging import Page, Position, cut
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification, User
from nexus_server.store.paging import newest_first


@dataclass(frozen=True, slots=True)
class NotificationView:
    """One line under the bell."""

    id: UUID
    type: str
    payload: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


def _view(row: Notification) -> NotificationView:
    return NotificationView(row.id, row.type, row.payload, row.created_at, row.read_at)


class NotificationService:
    """Reads and clears a learner's notifications."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._clock = clock

    async def newest(self, learner: Learner, *, limit: int, after: Position | None = None) -> Page[NotificationView]:
        """Return the newest `limit` notifications, or those after a position."""
        own = select(Notification).where(Notification.user_id == learner.id)
        query = newest_first(own, Notification.created_at, Notification.id, after=after, limit=limit)
        async with self._database.reading() as session:
            rows = (await session.scalars(query)).all()
        return cut(rows, limit, lambda row: Position(row.created_at, row.id), _view)

    async def notify_staff(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Put a line under the bell of every instructor and admin.

        Raises:
            UnavailableError: the database does not answer.
        """
        staff = select(User.id).where(User.role.in_(("instructor", "admin")), User.disabled_at.is_(None))
        async with self._database.transaction() as session:
            for user_id in await session.scalars(staff):
                session.add(Notification(user_id=user_id, type=kind, payload=dict(payload)))

    async def mark_read(self, learner: Learner) -> None:
        """Mark all that the learner has as read."""
        query = update(Notification).where(Notification.user_id == learner.id, Notification.read_at.is_(None))
        async with self._database.transaction() as session:
            await session.execute(query.values(read_at=self._clock.now()))
