"""What a read costs: one turn of the driver's thread on SQLite, one round trip on PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import Connection, insert, select, text

from nexus_server.store import idle_connections
from nexus_server.store.database import Database, DatabaseUnavailableError, WriteInReadingError
from nexus_server.store.models.accounts import User
from tests.plugins.clusters import Postgres, running_postgres


def _one(connection: Connection) -> int:
    return int(connection.execute(text("SELECT 1")).scalar_one())


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every turn that the driver's threads take, as it is asked for."""
    taken: list[object] = []
    take: Callable[..., Awaitable[Any]] = aiosqlite.Connection._execute

    async def count(self: aiosqlite.Connection, work: object, *arguments: object, **named: object) -> object:
        taken.append(work)
        return await take(self, work, *arguments, **named)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", count)
    return taken


async def test_a_read_takes_one_turn_per_statement(sqlite_url: str, turns: list[object]) -> None:
    database = Database(sqlite_url)
    await database.read(_one)
    turns.clear()
    assert await database.read(_one) == 1
    assert len(turns) == 1
    async with database.reading() as session:
        assert await session.scalar(select(User.id)) is None
    assert len(turns) == 2
    await database.close()


async def test_a_look_refuses_to_write(database: Database) -> None:
    with pytest.raises(WriteInReadingError):
        await database.read(lambda connection: connection.execute(insert(User).values(email="a", display_name="A")))
    async with database.reading() as session:
        assert await session.scalar(select(User.id)) is None


async def test_rows_counts_and_errors_come_as_from_the_driver(database: Database) -> None:
    async with database.transaction() as session:
        session.add_all([User(email=f"{name}@example.org", display_name=name) for name in "ABC"])
    async with database.transaction() as session:
        changed = await session.execute(text("UPDATE users SET xp = 5 WHERE display_name IN ('A', 'B')"))
        assert changed.rowcount == 2  # type: ignore[attr-defined]
        names = await session.stream_scalars(select(User.display_name).order_by(User.display_name))
        assert [name async for name in names] == ["A", "B", "C"]


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with running_postgres() as cluster:
        yield cluster


def _end_the_others(connection: Connection) -> None:
    others = "usename = current_user AND pid <> pg_backend_pid()"
    connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")).all()  # noqa: S608


@pytest.mark.postgres
async def test_dead_connections_that_rested_are_replaced_unnoticed(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle_connections, "BELIEVED_S", 0.0)
    database, killer = Database(postgres.url), Database(postgres.url)
    await asyncio.gather(*(database.ping() for _ in range(4)))
    await killer.read(_end_the_others)
    assert await database.read(_one) == 1
    await database.close()
    await killer.close()


@pytest.mark.postgres
async def test_dead_connections_that_were_just_used_cost_one_request(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle_connections, "BELIEVED_S", 60.0)
    database, killer = Database(postgres.url), Database(postgres.url)
    await asyncio.gather(*(database.ping() for _ in range(4)))
    await killer.read(_end_the_others)
    with pytest.raises(DatabaseUnavailableError):
        await database.ping()
    assert await database.read(_one) == 1
    await database.close()
    await killer.close()
