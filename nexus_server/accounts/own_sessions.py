"""Where somebody is logged in, and ending one of these logins from another."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from nexus_server.accounts.errors import UnknownSessionError
from nexus_server.accounts.sessions import SessionService
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import AuthSession


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A login that is not over. `last_used_at` moves when its tokens are renewed: every few minutes while in use."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    user_agent: str
    #: whether it is the one that asks
    current: bool


class OwnSessions:
    """A learner's own logins."""

    def __init__(self, database: Database, sessions: SessionService, clock: Clock) -> None:
        """End them by `sessions`, which tells every process."""
        self._database = database
        self._sessions = sessions
        self._clock = clock

    async def list_live(self, learner: Learner) -> list[OwnSession]:
        """Return the logins that are neither revoked nor over, the one that asks first, then by last use."""
        query = (
            select(AuthSession)
            .where(
                AuthSession.user_id == learner.id,
                AuthSession.revoked_at.is_(None),
                AuthSession.expires_at > self._clock.now(),
            )
            .order_by(AuthSession.last_used_at.desc(), AuthSession.id)
        )
        async with self._database.reading() as session:
            rows = (await session.scalars(query)).all()
        found = [
            OwnSession(
                id=row.id,
                created_at=row.created_at,
                last_used_at=row.last_used_at,
                expires_at=row.expires_at,
                user_agent=row.user_agent,
                current=row.id == learner.session_id,
            )
            for row in rows
        ]
        return sorted(found, key=lambda one: not one.current)

    async def end(self, learner: Learner, session_id: UUID) -> None:
        """End one login; effective within a second everywhere.

        Raises:
            UnknownSessionError: it is over already, or somebody else's.
        """
        if session_id not in {one.id for one in await self.list_live(learner)}:
            raise UnknownSessionError
        await self._sessions.revoke(session_id, "ended_from_another")
