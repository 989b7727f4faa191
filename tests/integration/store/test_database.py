from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from nexus_server.store.database import Database, DatabaseUnavailableError
from nexus_server.store.models.accounts import User


async def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    moment = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    async with database.transaction() as session:
        session.add(User(email="a@example.org", display_name="A", last_login=moment))
    async with database.transaction() as session:
        assert await session.scalar(select(User.last_login)) == moment


async def test_an_error_rolls_everything_back(database: Database) -> None:
    async def fail_halfway() -> None:
        async with database.transaction() as session:
            session.add(User(email="a@example.org", display_name="A"))
            await session.flush()
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await fail_halfway()
    async with database.transaction() as session:
        assert await session.scalar(select(User)) is None


async def test_a_database_that_is_away_is_unavailable() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailableError):
        await database.ping()
    await database.close()
