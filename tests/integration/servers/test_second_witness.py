"""Redis and PostgreSQL as the witnesses of a lease: either of them keeps it, and what they forgot is not believed."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from nexus_server.clock import SystemClock
from nexus_server.servers.errors import NoServerError, SameServerError
from nexus_server.servers.lease import Lease
from nexus_server.servers.liveness import Liveness
from nexus_server.servers.membership import Membership
from nexus_server.servers.presence import ServerPresence, SignOfLife
from nexus_server.servers.redis_witness import RedisWitness
from nexus_server.servers.register import ServerRegister
from nexus_server.servers.settings import ServerSettings
from nexus_server.store.database import Database
from nexus_server.store.models.servers import Server
from nexus_server.store.redis import RedisStore, RedisUnavailableError
from tests.plugins.clusters import RedisServer, running_redis

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

LEASE_S = 3600.0


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[RedisStore]:
    store = RedisStore(server.url)
    yield store
    await store.close()


class Clock:
    """Stands still until it is moved."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


async def test_a_mark_is_left_and_missed(store: RedisStore, server: RedisServer) -> None:
    now, one, two = Clock(), uuid4(), uuid4()
    witness = RedisWitness(store, LEASE_S, now)
    await witness.sign(one)
    assert await witness.gone([one, two]) == set(), "this Redis has just been met"
    now.now_s += LEASE_S
    assert await witness.gone([one, two]) == {two}
    server.stop()
    with pytest.raises(RedisUnavailableError):
        await witness.gone([two])
    server.start()
    fresh = RedisStore(server.url)
    again = RedisWitness(fresh, LEASE_S, now)
    again._known = witness._known
    assert await again.gone([one, two]) == set(), "it is another one, which knows nothing of those that live"
    now.now_s += LEASE_S
    assert await again.gone([one, two]) == {one, two}
    await fresh.close()


async def silent(database: Database, *, is_witnessed: bool) -> ServerPresence:
    """Return a server of which the database has not heard for longer than its lease."""
    me = ServerPresence(uuid4(), uuid4(), "one", "0.1.0", "a" * 64, 200, "127.0.0.1", 4711)
    register = ServerRegister(database, SystemClock(), LEASE_S)
    await register.enter(me)
    await register.beat(me, sign=SignOfLife(1, is_witnessed))
    async with database.transaction() as session:
        (await session.get_one(Server, me.id)).heartbeat_at -= timedelta(seconds=LEASE_S + 1)
    return me


async def test_a_server_that_redis_hears_of_is_not_gone(database: Database, store: RedisStore) -> None:
    me, now = await silent(database, is_witnessed=True), Clock()
    register, witness = ServerRegister(database, SystemClock(), LEASE_S), RedisWitness(store, LEASE_S, now)
    register.witness = witness
    await witness.sign(me.id)
    await witness.watch()
    lease = Lease(LEASE_S, now)
    for _ in range(3):
        lease.renew(lease.begin())
        now.now_s += LEASE_S / 2
    liveness = Liveness(lease, witness)
    async with database.reading() as session:
        assert me.id in (await liveness.living(session))[1]
    copy = replace(me, incarnation=uuid4(), place="b" * 64)
    assert not await register.enter(copy), "a copy of its data directory does not take its place"
    await store.call(lambda redis: redis.flushdb())
    async with database.reading() as session:
        with pytest.raises(NoServerError):  # neither has heard of it
            await liveness.living(session)
    assert await register.enter(copy)


async def test_a_server_without_redis_is_gone_at_once(database: Database, store: RedisStore) -> None:
    me, now = await silent(database, is_witnessed=False), Clock()
    lease, witness = Lease(LEASE_S, now), RedisWitness(store, LEASE_S, now)
    await witness.sign(me.id)
    for _ in range(3):
        lease.renew(lease.begin())
        now.now_s += LEASE_S / 2
    async with database.reading() as session:
        with pytest.raises(NoServerError):
            await Liveness(lease, witness).living(session)


async def test_a_sign_of_life_that_was_overtaken_changes_nothing(database: Database) -> None:
    me = await silent(database, is_witnessed=True)
    register = ServerRegister(database, SystemClock(), LEASE_S)
    await register.beat(me, sign=SignOfLife(3, is_witnessed=True))
    with pytest.raises(SameServerError):
        await register.beat(me, sign=SignOfLife(2, is_witnessed=False))
    async with database.reading() as session:
        row = await session.get_one(Server, me.id)
        assert (row.beats, row.is_witnessed) == (3, True)


async def test_a_lease_goes_on_by_redis_when_postgresql_is_away(
    database: Database, store: RedisStore, server: RedisServer
) -> None:
    register, now = ServerRegister(database, SystemClock(), LEASE_S), Clock()
    me = ServerPresence(uuid4(), uuid4(), "one", "0.1.0", "a" * 64, 200, "127.0.0.1", 4711)
    lease, witness = Lease(LEASE_S, now), RedisWitness(store, LEASE_S, now)
    membership = Membership(register, me, ServerSettings(lease_s=LEASE_S), lease=lease, witness=witness)
    await register.enter(me)
    lease.renew(lease.begin())
    await membership._tell_witness()
    await membership._beat()
    for _ in range(4):
        now.now_s += LEASE_S / 2
        await membership._tell_witness()
        assert lease.is_held
    server.stop()
    now.now_s += LEASE_S / 2
    with pytest.raises(RedisUnavailableError):
        await membership._tell_witness()
    await membership._beat()
    assert lease.is_held, "and by PostgreSQL when Redis is"
    async with database.reading() as session:
        assert not (await session.get_one(Server, me.id)).is_witnessed, "nobody asks it any more"
    server.start()
    now.now_s += LEASE_S * 0.9
    await store_again(membership, server)
    now.now_s += LEASE_S * 0.2
    assert not lease.is_held, "PostgreSQL has not been told yet that Redis is asked again"


async def store_again(membership: Membership, server: RedisServer) -> None:
    """Tell the Redis that was started again, by connections of its own."""
    store = RedisStore(server.url)
    assert membership._witness is not None
    membership._witness._store = store
    await membership._tell_witness()
    await store.close()
