"""A query that is cancelled anywhere on its way, its first connection's making included, leaves no connection open."""

import asyncio
import gc
import warnings
from pathlib import Path

import pytest
from sqlalchemy import text

from nexus_server.store.database import Database
from tests.plugins.stepping import Place, Stepped, run_stepped


async def ask(database: Database) -> int:
    async with database.reading() as session:
        return int((await session.execute(text("SELECT 1"))).scalar_one())


async def write(database: Database) -> int:
    async with database.transaction() as session:
        return int((await session.execute(text("SELECT 1"))).scalar_one())


@pytest.mark.parametrize("is_late", [False, True], ids=["early", "late"])
@pytest.mark.parametrize("query", [ask, write])
async def test_a_query_that_is_cancelled_anywhere_leaves_no_connection(
    tmp_path: Path, query: object, *, is_late: bool
) -> None:
    tried = set[Place]()
    while True:
        database = Database(f"sqlite+aiosqlite:///{tmp_path}/nexus.sqlite")
        stepped = Stepped(query(database), tried, is_late)  # type: ignore[operator]
        task = asyncio.create_task(run_stepped(stepped))
        await asyncio.wait({task})
        place = stepped.place
        assert task.cancelled() or task.result() == 1
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            await database.close()
            del database, stepped, task
            gc.collect()
        assert [str(each.message) for each in told if each.category is ResourceWarning] == [], place
        if place is None:
            break
    assert len(tried) > 1


async def look(database: Database) -> int:
    return await database.read(lambda connection: int(connection.execute(text("SELECT 1")).scalar_one()))


async def see(database: Database) -> int:
    async with database.snapshot() as session:
        return int((await session.execute(text("SELECT 1"))).scalar_one())


@pytest.mark.postgres
@pytest.mark.parametrize("is_late", [False, True], ids=["early", "late"])
@pytest.mark.parametrize("query", [ask, write, look, see])
async def test_a_query_that_is_cancelled_anywhere_gives_its_connection_back(
    postgres_url: str, query: object, monkeypatch: pytest.MonkeyPatch, *, is_late: bool
) -> None:
    # As on an event loop that is busy: psycopg lets others have their turn then, also where it has nothing to wait for.
    monkeypatch.setattr("psycopg.waiting.MAX_BUSY_TIME", 0.0)
    database, tried = Database(postgres_url), set[Place]()
    await query(database)  # type: ignore[operator]
    while True:
        stepped = Stepped(query(database), tried, is_late)  # type: ignore[operator]
        task = asyncio.create_task(run_stepped(stepped))
        await asyncio.wait({task})
        assert task.cancelled() or task.result() == 1
        taken = [pool.checkedout() for pool in database.pools]  # type: ignore[attr-defined]
        assert taken == [0], f"not given back when cancelled at {stepped.place}"
        if stepped.place is None:
            break
    await database.close()
    assert any("_execute_async" in step for place in tried for step in place)


async def test_a_query_that_outlasts_its_database_gives_its_connection_back(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/nexus.sqlite")
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def last(database: Database) -> int:
        async with database.reading() as session, database.transaction() as other:
            await session.execute(text("SELECT 1"))
            has_begun.set()
            await may_end.wait()
            return int((await other.execute(text("SELECT 1"))).scalar_one())

    task = asyncio.create_task(last(database))
    await has_begun.wait()
    await database.close()
    may_end.set()
    assert await task == 1
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        del database, task
        gc.collect()
    assert [str(each.message) for each in told if each.category is ResourceWarning] == []
