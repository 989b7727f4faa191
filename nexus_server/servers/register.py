"""The `servers` table: who enters, lives, leaves and is forgotten. All times are the database's."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.permissions import Permission, require
from nexus_server.clock import Clock
from nexus_server.kernels.death_reason import DeathReason
from nexus_server.learner import Learner
from nexus_server.servers.choosing import room_of
from nexus_server.servers.database_time import database_time
from nexus_server.servers.errors import (
    AmbiguousServerError,
    LivingServerError,
    NotSharingError,
    SameServerError,
    UnknownServerError,
)
from nexus_server.servers.presence import Heard, ServerLoad, ServerPresence, SignOfLife
from nexus_server.servers.succession import bury
from nexus_server.servers.views import ServerState, ServersView, ServerView
from nexus_server.store.database import Database
from nexus_server.store.models.kernels import Kernel
from nexus_server.store.models.servers import Home, Server
from nexus_server.store.redis import RedisUnavailableError
from nexus_server.tenancy.kernel_registry import DEAD

if TYPE_CHECKING:
    from nexus_server.accounts.audit import AuditLog
    from nexus_server.servers.redis_witness import RedisWitness

READY, DRAINING, GONE = ServerState


class ServerRegister:
    """Keeps the servers of a site."""

    def __init__(
        self, database: Database, clock: Clock, lease_s: float, *, stay_s: float = 900.0, drain_s: float = 1800.0
    ) -> None:
        """A server that gave no sign of life for `lease_s` seconds is gone; learners are active for `stay_s`.

        Kernels of a server that is drained have `drain_s` seconds, where nothing else is said.
        """
        self._drain_s = drain_s
        #: asked of a server that the database has not heard of; None: the site has no Redis
        self.witness: RedisWitness | None = None
        #: told who drains a server; None: nobody asks
        self.audit: AuditLog | None = None
        self._database = database
        self._clock = clock
        self._lease = timedelta(seconds=lease_s)
        self._stay = timedelta(seconds=stay_s)

    async def enter(self, me: ServerPresence) -> bool:
        """Write down that a server lives; False: somebody else with its number may live, so it is to be asked again.

        Whoever has the data directory itself has it alone, so a server that was killed enters again at once.
        """
        async with self._database.transaction() as session:
            now = await database_time(session)
            row = await session.get(Server, me.id, with_for_update=True)
            if row is not None and row.place != me.place and (self._lives(row, now) or await self._may_hold_on(row)):
                return False
            if row is None:
                row = Server(id=me.id)
                session.add(row)
            row.address, row.version, row.place, row.kernels_max = me.address, me.version, me.place, me.kernels_max
            row.peer_host, row.peer_port, row.room = me.peer_host, me.peer_port, me.kernels_max
            row.incarnation, row.state, row.started_at, row.heartbeat_at = me.incarnation, READY, now, now
            row.clock_offset_s, row.drain_until = self._offset_s(now), None
            row.beats, row.is_witnessed = 0, False
        return True

    async def beat(self, me: ServerPresence, load: ServerLoad | None = None, sign: SignOfLife | None = None) -> Heard:
        """Give a sign of life, and say how the server is. Without a `sign` it is the next one.

        Raises:
            SameServerError: another process speaks for this server, or gave a later sign.
        """
        number = Server.beats + 1 if sign is None else sign.number
        async with self._database.transaction() as session:
            now = await database_time(session)
            values = await self._load_of(session, me, load, now) if load is not None else {}
            offset_s = self._offset_s(now)
            signed = (
                update(Server)
                .where(Server.id == me.id, Server.incarnation == me.incarnation, Server.beats < number)
                .values(
                    heartbeat_at=now,
                    clock_offset_s=offset_s,
                    beats=number,
                    is_witnessed=sign is not None and sign.is_witnessed,
                    **values,
                )
                .returning(Server.drain_until)
            )
            row = (await session.execute(signed)).one_or_none()
        if row is None:
            raise SameServerError
        until = row.drain_until
        return Heard(offset_s, until, None if until is None else (until - now).total_seconds())

    async def _load_of(
        self, session: AsyncSession, me: ServerPresence, load: ServerLoad, now: datetime
    ) -> dict[str, int]:
        mine = select(func.count()).where(Kernel.server_id == me.id, Kernel.state != DEAD)
        kernels = await session.scalar(mine) or 0
        active = select(func.count()).where(Home.server_id == me.id, Home.needed_at > now - self._stay)
        homes = (await session.scalar(active) or 0) if me.peer_port else kernels
        room = room_of(kernels_max=me.kernels_max, kernels=kernels, homes=homes, memory_room=load.memory_room)
        return {"homes": homes, "room": room, "warm": load.warm, "waiting": load.waiting}

    async def leave(self, me: ServerPresence) -> None:
        """Write down that a server stopped."""
        mine = (Server.id == me.id, Server.incarnation == me.incarnation)
        async with self._database.transaction() as session:
            await session.execute(update(Server).where(*mine).values(state=GONE, is_witnessed=False))

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
            now = await database_time(session)
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

    async def find_place(self, server_id: UUID) -> str | None:
        """Return what tells the data directory of a living server from its copies, or None."""
        async with self._database.reading() as session:
            row = await session.get(Server, server_id)
            return row.place if row is not None and self._lives(row, await database_time(session)) else None

    async def find(self, name: str) -> UUID:
        """Return the number of the server that is called `name`, by its address or its number.

        Raises:
            UnknownServerError, AmbiguousServerError: none is, or several are.
        """
        found = [server.id for server in await self.list_all() if name in {server.address, str(server.id)}]
        if not found:
            raise UnknownServerError
        if len(found) > 1:
            raise AmbiguousServerError
        return found[0]

    async def drain_for(self, admin: Learner, server_id: UUID, within_s: float | None) -> ServersView:
        """Drain a server for an administrator; see `drain`.

        Raises:
            ForbiddenError: only administrators may.
            UnknownServerError, NotSharingError: it cannot be drained.
        """
        require(admin, Permission.MANAGE_KERNELS)
        await self.drain(server_id, within_s, actor_id=admin.id)
        return ServersView(items=await self.list_all())

    async def undrain_for(self, admin: Learner, server_id: UUID) -> ServersView:
        """Let a server take learners again, for an administrator; see `undrain`.

        Raises:
            ForbiddenError: only administrators may.
            UnknownServerError, NotSharingError: it cannot be drained.
        """
        require(admin, Permission.MANAGE_KERNELS)
        await self.undrain(server_id, actor_id=admin.id)
        return ServersView(items=await self.list_all())

    async def drain(self, server_id: UUID, within_s: float | None = None, *, actor_id: UUID | None = None) -> datetime:
        """Let a server take no new learners, end its kernels in `within_s` seconds, and stop; return when that is.

        Raises:
            UnknownServerError: no living server has this number.
            NotSharingError: its learners have no other place.
        """
        self._refuse_alone()
        async with self._database.transaction() as session:
            until = await database_time(session) + timedelta(seconds=self._drain_s if within_s is None else within_s)
            await self._set_drain(session, server_id, until, actor_id)
        return until

    async def undrain(self, server_id: UUID, *, actor_id: UUID | None = None) -> None:
        """Let a server take learners again.

        Raises:
            UnknownServerError: no living server has this number.
        """
        self._refuse_alone()
        async with self._database.transaction() as session:
            await self._set_drain(session, server_id, None, actor_id)

    def _refuse_alone(self) -> None:
        """A site of one server has no register, and its database no clock that others could go by."""
        if self.is_alone:
            raise UnknownServerError

    async def _set_drain(
        self, session: AsyncSession, server_id: UUID, until: datetime | None, actor_id: UUID | None
    ) -> None:
        row = await session.get(Server, server_id, with_for_update=True)
        if row is None or not self._lives(row, await database_time(session)):
            raise UnknownServerError("No living server has this number.")
        if not row.peer_port:
            raise NotSharingError
        row.drain_until, row.state = until, READY if until is None else DRAINING
        if self.audit is not None:
            action = "server.undrained" if until is None else "server.drained"
            self.audit.write(session, actor_id, action, "server", server_id, address=row.address)

    async def forget(self, server_id: UUID) -> int:
        """Forget a server that is gone, with its sessions; its kernels count as ended. Return how many those were.

        Raises:
            UnknownServerError: there is none of this number.
            LivingServerError: it gave a sign of life just now.
        """
        self._refuse_alone()
        async with self._database.transaction() as session:
            now = await database_time(session)
            row = await session.get(Server, server_id, with_for_update=True)
            if row is None:
                raise UnknownServerError
            if self._lives(row, now):
                raise LivingServerError
            kernels = await bury(session, [server_id], DeathReason.SERVER_RESTART, now)
            await session.delete(row)
        return len(kernels)

    def _lives(self, row: Server, now: datetime) -> bool:
        return row.state != GONE and now - row.heartbeat_at < self._lease

    async def _may_hold_on(self, row: Server) -> bool:
        """Whether a server that is silent here may hold its lease by Redis."""
        if self.witness is None or not row.is_witnessed:
            return False
        try:
            return not await self.witness.gone([row.id])
        except RedisUnavailableError:
            return True

    def _offset_s(self, now: datetime) -> float:
        return (self._clock.now() - now).total_seconds()

    def _view(self, row: Server, kernels: int, now: datetime) -> ServerView:
        is_alive = self._lives(row, now)
        return ServerView(
            id=row.id,
            address=row.address,
            version=row.version,
            peer_host=row.peer_host,
            peer_port=row.peer_port,
            state=ServerState(row.state) if is_alive else GONE,
            kernels=kernels,
            kernels_max=row.kernels_max,
            homes=row.homes,
            room=row.room if is_alive else 0,
            warm=row.warm if is_alive else 0,
            waiting=row.waiting if is_alive else 0,
            drain_until=row.drain_until,
            clock_offset_s=round(row.clock_offset_s, 3),
            started_at=row.started_at,
            heartbeat_at=row.heartbeat_at,
        )
