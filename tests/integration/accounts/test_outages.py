"""Redis and PostgreSQL go away and come back; nobody is logged out, and nothing acknowledged is lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from nexus_server.accounts.administration import UserChange
from nexus_server.errors import UnavailableError
from nexus_server.learner import Role
from nexus_server.store.database import Database
from nexus_server.store.migrate import upgrade
from nexus_server.store.models.accounts import User
from nexus_server.store.redis import RedisStore
from tests.integration.accounts.conftest import CONFIG, open_people
from tests.plugins.clusters import Postgres, RedisServer, running_postgres, running_redis

WRITERS = 50


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with running_postgres() as cluster:
        upgrade(make_url(cluster.url))
        yield cluster


@pytest.mark.redis
async def test_sessions_outlive_a_flushed_and_a_stopped_redis(
    sqlite_url: str, redis: RedisServer, tmp_path: Path
) -> None:
    database, store = Database(sqlite_url), RedisStore(redis.url)
    people = open_people(database, tmp_path, CONFIG, store)
    ada, boss = await people.register(), await people.register(Role.ADMIN)
    first, second = await people.log_in(ada), await people.log_in(boss)
    assert await people.is_in(first)
    await store.call(lambda client: client.flushall())
    assert await people.is_in(first)
    redis.stop()
    assert await people.is_in(first)
    assert await people.is_in(second)
    await people.accounts.administration.change_user(boss, ada.id, UserChange(disabled=True))
    assert not await people.is_in(first)
    assert await people.log_in(boss)
    await people.accounts.stop()
    await store.close()
    await database.close()


@pytest.mark.redis
async def test_a_session_ended_by_one_process_is_over_for_another(
    sqlite_url: str, redis: RedisServer, tmp_path: Path
) -> None:
    database, stores = Database(sqlite_url), [RedisStore(redis.url) for _ in range(2)]
    here, there = (open_people(database, tmp_path, CONFIG, store) for store in stores)
    issued = await here.log_in(await here.register())
    assert await there.is_in(issued)
    assert issued.learner.session_id is not None
    await here.accounts.sessions.revoke(issued.learner.session_id, "logout")
    assert not await there.is_in(issued)
    for people, store in zip((here, there), stores, strict=True):
        await people.accounts.stop()
        await store.close()
    await database.close()


async def test_fifty_learners_read_and_write_at_once(database: Database) -> None:
    async def register(number: int) -> None:
        for part in range(4):
            async with database.reading() as session:
                assert await session.scalar(select(func.count()).select_from(User)) is not None
            async with database.transaction() as session:
                session.add(User(email=f"{number}-{part}@example.org", display_name="Ada"))

    await asyncio.gather(*(register(number) for number in range(WRITERS)))
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(User)) == 4 * WRITERS


@pytest.mark.postgres
async def test_postgres_restarts_under_load(postgres: Postgres) -> None:
    database = Database(postgres.url)
    acknowledged: list[object] = []
    refused = asyncio.Event()
    recovered = asyncio.Event()

    async def write(number: int) -> None:
        count = 0
        while not recovered.is_set():
            count += 1
            user = User(email=f"{number}-{count}@example.org", display_name="Ada")
            try:
                async with database.transaction() as session:
                    session.add(user)
            except UnavailableError:
                refused.set()
                await asyncio.sleep(0.05)  # a client that waits a little before it tries again
            else:
                acknowledged.append(user.id)
                if refused.is_set():
                    recovered.set()

    writers = [asyncio.create_task(write(number)) for number in range(8)]
    while not acknowledged:
        await asyncio.sleep(0)
    await asyncio.to_thread(postgres.stop)
    await asyncio.wait_for(refused.wait(), 60)
    await asyncio.to_thread(postgres.start)
    await asyncio.wait_for(asyncio.gather(*writers), 100)
    async with database.transaction() as session:
        kept = set(await session.scalars(select(User.id)))
    assert set(acknowledged) <= kept
    await database.close()
