"""Whom a learner does not want to read. They are not told, and what they write stays where it is for all others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from nexus_server.clock import Clock
from nexus_server.forum.errors import NotBlockableError
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.forum import UserBlock


@dataclass(frozen=True, slots=True)
class BlockedView:
    """Somebody whom the learner blocked."""

    user_id: UUID
    display_name: str
    created_at: datetime


class Blocking:
    """Keeps whom learners block."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep it in `database`."""
        self._database = database
        self._clock = clock

    async def list_blocked(self, learner: Learner) -> list[BlockedView]:
        """Return whom the learner blocked, the last first."""
        query = (
            select(User.id, User.display_name, UserBlock.created_at)
            .join(UserBlock, UserBlock.blocked_id == User.id)
            .where(UserBlock.blocker_id == learner.id)
            .order_by(UserBlock.created_at.desc(), User.id)
        )
        async with self._database.reading() as session:
            return [BlockedView(*row) for row in await session.execute(query)]

    async def block(self, learner: Learner, user_id: UUID) -> None:
        """Block somebody; twice is once.

        Raises:
            NotBlockableError: it is the learner, a teacher, or nobody.
        """
        async with self._database.transaction() as session:
            other = await session.get(User, user_id)
            if other is None or other.id == learner.id or other.role != Role.STUDENT.value:
                raise NotBlockableError
            if await session.get(UserBlock, (learner.id, user_id)) is None:
                now = self._clock.now()
                session.add(UserBlock(blocker_id=learner.id, blocked_id=user_id, created_at=now))

    async def unblock(self, learner: Learner, user_id: UUID) -> None:
        """Read somebody again."""
        own = UserBlock.blocker_id == learner.id, UserBlock.blocked_id == user_id
        async with self._database.transaction() as session:
            await session.execute(delete(UserBlock).where(*own))
