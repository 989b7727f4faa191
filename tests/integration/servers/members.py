"""Servers of a site on PostgreSQL, without their processes: each with its homes and its lease."""

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from uuid import UUID, uuid4

from nexus_server.servers.homes import Homes
from nexus_server.servers.lease import Lease
from nexus_server.servers.liveness import Liveness
from nexus_server.servers.presence import ServerLoad, ServerPresence
from nexus_server.servers.register import ServerRegister
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.servers import Home, Server

#: a busy machine takes its time between two statements
LEASE_S, STAY_S = 3600.0, 7200.0


@dataclass
class Member:
    """A server of the site, as itself."""

    me: ServerPresence
    homes: Homes
    lease: Lease
    liveness: Liveness
    #: learners with kernels here
    kernels: set[UUID]

    @property
    def id(self) -> UUID:
        return self.me.id


class Site:
    """Servers that enter when they are asked for."""

    def __init__(self, database: Database, register: ServerRegister) -> None:
        self._database = database
        self._register = register

    async def server(self, *, kernels_max: int = 200, memory_room: int = 1000) -> Member:
        me = ServerPresence(uuid4(), uuid4(), "one", "0.1.0", "a" * 64, kernels_max, "127.0.0.1", 4711)
        shift = [0.0]
        lease = Lease(LEASE_S, lambda: monotonic() + shift[0])
        for leases in (-1.5, -0.75, 0.0):  # it has been in touch for long
            shift[0] = leases * LEASE_S
            lease.renew(lease.begin())
        await self._register.enter(me)
        await self._register.beat(me, ServerLoad(memory_room))
        liveness = Liveness(lease)
        homes, kernels = Homes(self._database, me.id, lease, liveness, stay_s=STAY_S), set[UUID]()
        homes.has_kernels = kernels.__contains__
        return Member(me, homes, lease, liveness, kernels)

    async def learners(self, count: int) -> list[UUID]:
        ids = [uuid4() for _ in range(count)]
        async with self._database.transaction() as session:
            session.add_all(
                User(id=each, email=f"{each}@school.test", display_name="Ada", role="student") for each in ids
            )
        return ids

    async def learner(self) -> UUID:
        (found,) = await self.learners(1)
        return found

    async def fall_silent(self, member: Member) -> None:
        async with self._database.transaction() as session:
            (await session.get_one(Server, member.id)).heartbeat_at -= timedelta(seconds=LEASE_S + 1)
        member.lease.end()

    async def rest(self, user_id: UUID) -> None:
        """Let a learner's last need be long ago."""
        async with self._database.transaction() as session:
            (await session.get_one(Home, user_id)).needed_at -= timedelta(seconds=STAY_S + 1)

    async def home(self, user_id: UUID) -> tuple[UUID | None, int]:
        async with self._database.reading() as session:
            row = await session.get_one(Home, user_id)
            return row.server_id, row.fence
