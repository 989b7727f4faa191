"""What PostgreSQL is asked to bear is bounded, and losing against another transaction has a name of its own."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.pool import QueuePool

from nexus_server.composition import open_database
from nexus_server.errors import WriteConflictError
from nexus_server.settings import NexusSettings
from nexus_server.store.database import Database, DatabaseUnavailableError
from nexus_server.store.models.accounts import User

pytestmark = pytest.mark.postgres


async def test_the_pool_has_the_size_of_the_setting(postgres_url: str) -> None:
    database = open_database(NexusSettings(database_url=postgres_url, database_connections=3))
    (pool,) = database.pools
    assert isinstance(pool, QueuePool)
    assert pool.size() == 3
    await database.close()


async def test_who_finds_no_connection_in_time_is_told_to_come_back(postgres_url: str) -> None:
    database = Database(postgres_url, pool_size=1, pool_timeout_s=0.1)
    async with database.transaction() as session:
        await session.execute(text("SELECT 1"))
        with pytest.raises(DatabaseUnavailableError) as refused:
            await database.ping()
    assert refused.value.retry_after_s is not None
    await database.ping()
    await database.close()


async def test_a_statement_may_not_take_for_ever(postgres_url: str) -> None:
    database = Database(postgres_url, statement_timeout_ms=100)
    with pytest.raises(DatabaseUnavailableError):
        async with database.transaction() as session:
            await session.execute(text("SELECT pg_sleep(60)"))
    await database.ping()
    await database.close()


async def test_a_serialization_failure_is_a_conflict(postgres_url: str) -> None:
    database = Database(postgres_url)
    async with database.transaction() as session:
        session.add(User(email="ada@example.org", display_name="Ada"))

    async def lose() -> None:
        async with database.transaction() as session:
            await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            mine = (await session.scalars(select(User))).one()
            async with database.transaction() as other:
                (await other.scalars(select(User))).one().xp = 10
            mine.xp = 20

    with pytest.raises(WriteConflictError):
        await lose()
    await database.close()
