"""Which servers of a site live, and which are gone: silent to the database and to Redis for longer than a lease."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.servers.choosing import Capacity
from nexus_server.servers.database_time import database_time
from nexus_server.servers.errors import NoServerError, NotHomeError
from nexus_server.servers.lease import Lease
from nexus_server.servers.redis_witness import RedisWitness
from nexus_server.servers.views import ServerState
from nexus_server.store.models.servers import Server
from nexus_server.store.redis import RedisUnavailableError


@dataclass(frozen=True, slots=True)
class PeerAddress:
    """Where another server of the site is reached."""

    server_id: UUID
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class LivingServer:
    """A server that may have learners."""

    address: PeerAddress
    capacity: Capacity
    #: whether it takes new ones
    is_ready: bool


class Liveness:
    """Judges the others for one server.

    A server that was out of touch itself judges nobody for as long as a lease lasts: after an outage of the database
    whoever is back first would find all others silent.
    """

    def __init__(self, lease: Lease, witness: RedisWitness | None = None) -> None:
        """`lease` is the server's own; `witness` is asked of those that the database has not heard of."""
        self._lease = lease
        self._witness = witness
        self.lease = timedelta(seconds=lease.lease_s)

    @property
    def may_judge(self) -> bool:
        """Whether this server has been in touch for long enough."""
        return self._lease.held_s >= self._lease.lease_s

    async def gone(self, servers: Iterable[Server], now: datetime) -> set[UUID]:
        """Return which of these rows are of servers that are gone by the database's time `now`."""
        if not self.may_judge:
            return set()
        silent = {row.id: row.is_witnessed for row in servers if self._is_silent(row, now)}
        witnessed = {server_id for server_id, is_witnessed in silent.items() if is_witnessed}
        return set(silent) - witnessed | await self._gone_for_redis(witnessed)

    async def _gone_for_redis(self, server_ids: Collection[UUID]) -> set[UUID]:
        """Return which of them Redis has not heard of, either; nobody where it does not answer: any may live."""
        if self._witness is None:
            return set()
        try:
            return await self._witness.gone(server_ids)
        except RedisUnavailableError:
            return set()

    def _is_silent(self, row: Server, now: datetime) -> bool:
        """Whether its last sign of life is older than a lease; one that stopped is not succeeded before that."""
        return now - row.heartbeat_at >= self.lease

    async def living(self, session: AsyncSession) -> tuple[datetime, dict[UUID, LivingServer]]:
        """Return the database's time, and the servers that share learners and are not gone.

        Raises:
            NoServerError: there is none.
        """
        query = select(Server).where(Server.peer_port > 0).execution_options(populate_existing=True)
        now, rows = await database_time(session), list(await session.scalars(query))
        gone = await self.gone(rows, now)
        living = {row.id: self._living(row, now) for row in rows if row.id not in gone}
        if not living:
            raise NoServerError
        return now, living

    async def living_without(self, session: AsyncSession, server_id: UUID) -> tuple[datetime, dict[UUID, LivingServer]]:
        """Return the same again, when this server, which seems gone, cannot come back before the transaction ends.

        Raises:
            NotHomeError: it comes back right now, or somebody else gives its learners up.
        """
        row = select(Server.id).where(Server.id == server_id)
        if (
            await session.scalar(row) is not None
            and await session.scalar(row.with_for_update(skip_locked=True)) is None
        ):
            raise NotHomeError
        return await self.living(session)

    def _living(self, row: Server, now: datetime) -> LivingServer:
        return LivingServer(
            PeerAddress(row.id, row.peer_host, row.peer_port),
            Capacity(row.id, row.kernels_max, row.room),
            row.state == ServerState.READY and not self._is_silent(row, now),
        )
