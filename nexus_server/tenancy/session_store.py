"""Jupyter sessions in the database: which document of a learner is joined to which of that learner's kernels."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.kernels import KernelSession
from nexus_server.tenancy.errors import NoSuchSessionError, SessionExistsError


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A document and its kernel."""

    id: UUID
    kernel_id: UUID
    path: str
    name: str
    type: str


class SessionStore:
    """One server's part of the `kernel_sessions` table; every query asks for the server and the learner."""

    def __init__(self, database: Database, clock: Clock, server_id: UUID) -> None:
        """Keep sessions in `database`, those of the kernels that the server `server_id` holds."""
        self._database = database
        self._clock = clock
        self._server_id = server_id

    async def list_all(self, learner: Learner) -> list[SessionRecord]:
        """Return the learner's sessions, the oldest first."""
        return await self._select(KernelSession.user_id == learner.id)

    async def find(self, learner: Learner, path: str, kind: str) -> SessionRecord | None:
        """Return the learner's session of a document, or None."""
        found = await self._select(
            KernelSession.user_id == learner.id, KernelSession.path == path, KernelSession.type == kind
        )
        return found[0] if found else None

    async def get(self, learner: Learner, session_id: UUID) -> SessionRecord:
        """Return one of the learner's sessions.

        Raises:
            NoSuchSessionError: there is none, or it is somebody else's.
        """
        found = await self._select(KernelSession.user_id == learner.id, KernelSession.id == session_id)
        if not found:
            raise NoSuchSessionError
        return found[0]

    async def add(self, learner: Learner, record: SessionRecord) -> None:
        """Write down a session.

        Raises:
            SessionExistsError: the document has one already.
        """
        row = KernelSession(
            id=record.id,
            user_id=learner.id,
            kernel_id=record.kernel_id,
            server_id=self._server_id,
            path=record.path,
            name=record.name,
            type=record.type,
            created_at=self._clock.now(),
        )
        try:
            async with self._database.transaction() as session:
                session.add(row)
        except IntegrityError:
            raise SessionExistsError from None

    async def replace(self, learner: Learner, before: SessionRecord, after: SessionRecord) -> bool:
        """Change one of the learner's sessions; False when it is no longer as it was in `before`, or gone.

        Raises:
            SessionExistsError: another one has this path.
        """
        values = {"kernel_id": after.kernel_id, "path": after.path, "name": after.name, "type": after.type}
        unchanged = (KernelSession.path == before.path, KernelSession.name == before.name)
        as_before = (*unchanged, KernelSession.type == before.type, KernelSession.kernel_id == before.kernel_id)
        change = update(KernelSession).where(*self._is(learner, before.id), *as_before).values(**values)
        try:
            async with self._database.transaction() as session:
                return await session.scalar(change.returning(KernelSession.id)) is not None
        except IntegrityError:
            raise SessionExistsError from None

    async def take(self, learner: Learner, session_id: UUID) -> SessionRecord:
        """Forget one of the learner's sessions, and return it as it was then: with the kernel that it had at last.

        Raises:
            NoSuchSessionError: there is none, or it is somebody else's.
        """
        taking = delete(KernelSession).where(*self._is(learner, session_id)).returning(KernelSession)
        async with self._database.transaction() as session:
            row = await session.scalar(taking)
            if row is None:
                raise NoSuchSessionError
            return SessionRecord(row.id, row.kernel_id, row.path, row.name, row.type)

    async def remove(self, learner: Learner, record: SessionRecord) -> None:
        """Forget one of the learner's sessions, unless it got another kernel since `record` was read."""
        mine = self._is(learner, record.id)
        async with self._database.transaction() as session:
            await session.execute(delete(KernelSession).where(*mine, KernelSession.kernel_id == record.kernel_id))

    async def _select(self, *conditions: ColumnElement[bool]) -> list[SessionRecord]:
        mine = (KernelSession.server_id == self._server_id, *conditions)
        async with self._database.reading() as session:
            rows = await session.scalars(select(KernelSession).where(*mine).order_by(KernelSession.created_at))
            return [SessionRecord(row.id, row.kernel_id, row.path, row.name, row.type) for row in rows]

    def _is(self, learner: Learner, session_id: UUID) -> tuple[ColumnElement[bool], ...]:
        mine = (KernelSession.server_id == self._server_id, KernelSession.user_id == learner.id)
        return (*mine, KernelSession.id == session_id)
