"""The `servers` table: who enters, lives, leaves and is forgotten. All times are the database's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.permissions import Permission, require
from nexus_server.clock import Clock
from nexus_server.kernels.death_reason import DeathReason
from nexus_server.learner import Learner
from nexus_server.servers.errors import LivingServerError, SameServerError, UnknownServerError
from nexus_server.store.database import Database
from nexus_server.store.models.base import UtcDateTime
from nexus_server.store.models.kernels import Kernel, KernelSession
from nexus_server.store.models.servers import Server
from nexus_server.tenancy.kernel_registry import DEAD

READY, GONE = "ready", "gone"


@dataclass(frozen=True, slots=True)
class ServerPresence:
    """What a server says of itself."""

    id: UUID
    #: the process that speaks for it
    incarnation: UUID
    address: str
    version: str
    #: what tells its data directory from a copy
    place: str
    kernels_max: int


class ServerView(BaseModel):
    """A server as its site sees it."""

    id: UUID
    address: str
    version: str
    #: "ready" or "gone"
    state: str
    kernels: int
    kernels_max: int
    #: seconds that its machine's clock is before (+) or behind (-) the database's
    clock_offset_s: float
    started_at: datetime
    heartbeat_at: datetime


class ServersView(BaseModel):
    """Servers, by address; none where the site has one, on SQLite."""

    items: list[ServerView]
    next: None = None


class ServerRegister:
    """Keeps the servers of a site."""

    def __init__(self, database: Database, clock: Clock, lease_s: float) -> None:
        """A server that gave no sign of life for `lease_s` seconds is gone."""
        self._database = database
        self._clock = clock
        self._lease = timedelta(seconds=lease_s)

    async def enter(self, me: ServerPresence) -> bool:
        """Write down that a server lives; False: somebody else with its number may live, so it is to be asked again.

        Whoever has the data directory itself has it alone, so a server that was killed enters again at once.
        """
        async with self._database.transaction() as session:
            now = await _now(session)
            row = await session.get(Server, me.id, with_for_update=True)
            if row is not None and row.place != me.place and self._lives(row, now):
                return False
            if row is None:
                row = Server(id=me.id)
                session.add(row)
            row.address, row.version, row.place, row.kernels_max = me.address, me.version, me.place, me.kernels_max
            row.incarnation, row.state, row.started_at, row.heartbeat_at = me.incarnation, READY, now, now
            row.clock_offset_s = self._offset_s(now)
        return True

    async def beat(self, me: ServerPresence) -> float:
        """Give a sign of life; return by how many seconds this machine's clock is before the database's.

        Raises:
            SameServerError: another process speaks for this server.
        """
        async with self._database.transaction() as session:
            now = await _now(session)
            offset_s = self._offset_s(now)
            mine = (Server.id == me.id, Server.incarnation == me.incarnation)
            signed = update(Server).where(*mine).values(heartbeat_at=now, clock_offset_s=offset_s, state=READY)
            if await session.scalar(signed.returning(Server.id)) is None:
                raise SameServerError
        return offset_s

    async def leave(self, me: ServerPresence) -> None:
        """Write down that a server stopped."""
        mine = (Server.id == me.id, Server.incarnation == me.incarnation)
        async with self._database.transaction() as session:
            await session.execute(update(Server).where(*mine).values(state=GONE))

    async def list_all(self) -> list[ServerView]:
        """Return every server that was seen and not forgotten, by address; none where the site has one, on SQLite."""
        if self.is_alone:
            return []
        living = (
            select(Kernel.server_id, func.count().label("kernels"))
            .where(Kernel.state != DEAD)
            .group_by(Kernel.server_id)
            .subquery()
        )
        query = (
            select(Server, func.coalesce(living.c.kernels, 0))
            .outerjoin(living, living.c.server_id == Server.id)
            .order_by(Server.address, Server.id)
        )
        async with self._database.reading() as session:
            now = await _now(session)
            return [self._view(row, kernels, now) for row, kernels in await session.execute(query)]

    @property
    def is_alone(self) -> bool:
        """Whether the site can have one server only."""
        return self._database.is_sqlite

    async def list_for(self, admin: Learner) -> ServersView:
        """Return the same, for an administrator.

        Raises:
            ForbiddenError: only administrators may.
        """
        require(admin, Permission.MANAGE_KERNELS)
        return ServersView(items=await self.list_all())

    async def forget(self, server_id: UUID) -> int:
        """Forget a server that is gone, with its sessions; its kernels count as ended. Return how many those were.

        Raises:
            UnknownServerError: there is none of this number.
            LivingServerError: it gave a sign of life just now.
        """
        if self.is_alone:
            raise UnknownServerError
        async with self._database.transaction() as session:
            now = await _now(session)
            row = await session.get(Server, server_id, with_for_update=True)
            if row is None:
                raise UnknownServerError
            if self._lives(row, now):
                raise LivingServerError
            await session.execute(delete(KernelSession).where(KernelSession.server_id == server_id))
            ended = (
                update(Kernel)
                .where(Kernel.server_id == server_id, Kernel.state != DEAD)
                .values(state=DEAD, death_reason=DeathReason.SERVER_RESTART, ended_at=now)
            )
            kernels = (await session.scalars(ended.returning(Kernel.id))).all()
            await session.delete(row)
        return len(kernels)

    def _lives(self, row: Server, now: datetime) -> bool:
        return row.state == READY and now - row.heartbeat_at < self._lease

    def _offset_s(self, now: datetime) -> float:
        return (self._clock.now() - now).total_seconds()

    def _view(self, row: Server, kernels: int, now: datetime) -> ServerView:
        return ServerView(
            id=row.id,
            address=row.address,
            version=row.version,
            state=READY if self._lives(row, now) else GONE,
            kernels=kernels,
            kernels_max=row.kernels_max,
            clock_offset_s=round(row.clock_offset_s, 3),
            started_at=row.started_at,
            heartbeat_at=row.heartbeat_at,
        )


async def _now(session: AsyncSession) -> datetime:
    """Return the database's time."""
    return (await session.execute(select(func.clock_timestamp(type_=UtcDateTime)))).scalar_one()
