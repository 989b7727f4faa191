"""The audit log: who changed what. Written in the transaction of the change, never changed after (triggers refuse)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.permissions import Permission, require
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.observability.request_ids import find_request_id
from nexus_server.paging import Page, Position, cut
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import AuditEntry
from nexus_server.store.paging import newest_first


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to read; None means all."""

    action: str | None = None
    actor_id: UUID | None = None
    subject_id: str | None = None
    after: Position | None = None


class AuditLog:
    """Writes entries into other services' transactions, and reads them for admins."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Read from `database`."""
        self._database = database
        self._clock = clock

    def write(
        self,
        session: AsyncSession,
        actor_id: UUID | None,
        action: str,
        subject_type: str,
        subject_id: UUID | str,
        **data: Any,
    ) -> None:
        """Add an entry to the caller's transaction; `actor_id` is None for the command line."""
        session.add(
            AuditEntry(
                at=self._clock.now(),
                actor_id=actor_id,
                action=action,
                subject_type=subject_type,
                subject_id=str(subject_id),
                data=data,
                request_id=find_request_id(),
            )
        )

    async def read(self, admin: Learner, wanted: AuditFilter, *, limit: int) -> Page[AuditEntry]:
        """Return entries, newest first.

        Raises:
            ForbiddenError: only admins may.
        """
        require(admin, Permission.READ_AUDIT)
        query = select(AuditEntry)
        for name in ("action", "actor_id", "subject_id"):
            value = getattr(wanted, name)
            if value is not None:
                query = query.where(getattr(AuditEntry, name) == value)
        query = newest_first(query, AuditEntry.at, AuditEntry.id, after=wanted.after, limit=limit)
        async with self._database.reading() as session:
            rows = (await session.scalars(query)).all()
        return cut(rows, limit, lambda row: Position(row.at, row.id), lambda row: row)
