"""A task that is cancelled while it waits for the database, or speaks with it, leaves nothing that others meet."""

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, nullcontext
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User

TASKS = 200


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open fresh database of each kind in turn; the libraries' own driver is theirs to test."""
    database = Database(database_url)
    yield database
    await database.close()


#: connections to PostgreSQL that began something and do nothing
LEFT_OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in %'"

#: takes and gives back the write lock, as `nexus worker` or the command line does, until its input ends
OTHER = """
import sqlite3, sys, threading
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
while not over.is_set():
    database.execute("BEGIN IMMEDIATE")
    print("locked", flush=True)
    over.wait(0.05)
    database.execute("ROLLBACK")
    over.wait(0.005)
"""


@contextmanager
def another_process_writes(database: Database) -> Iterator[None]:
    command = [sys.executable, "-c", OTHER, str(database.url.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.stdin.close()
            process.stdout.close()
            process.terminate()


async def write(database: Database, written: set[str]) -> None:
    """Make two users in one transaction."""
    name = uuid4().hex
    async with database.transaction() as session:
        session.add(User(email=f"{name}-1@example.org", display_name="Ada"))
        await session.flush()
        session.add(User(email=f"{name}-2@example.org", display_name="Ada"))
    written.add(name)


async def read(database: Database) -> None:
    """Look twice at one state of the database."""
    async with database.snapshot() as session:
        count = select(func.count()).select_from(User)
        assert await session.scalar(count) == await session.scalar(count)


async def cancel_at_random(task: asyncio.Task[None], chance: random.Random) -> None:
    """Cancel a task wherever it is, at times once more while it still cleans up after the first time."""
    await asyncio.sleep(chance.uniform(0, 0.5))
    while not task.done() and task.cancel() and chance.random() < 0.7:
        await asyncio.sleep(chance.uniform(0, 0.02))
    await asyncio.wait([task])


async def test_cancelled_tasks_leave_nothing_behind(database: Database) -> None:
    written, chance = set[str](), random.Random(4)  # noqa: S311  no secret
    await write(database, written)  # a new file of SQLite's is in WAL mode only now
    with another_process_writes(database) if database.is_sqlite else nullcontext():
        work = [write(database, written) if number % 4 else read(database) for number in range(TASKS)]
        tasks = [asyncio.create_task(each) for each in work]
        async with asyncio.timeout(100):
            await asyncio.gather(*(cancel_at_random(task, chance) for task in tasks[: TASKS * 3 // 4]))
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            assert {type(each) for each in outcomes if each is not None} == {asyncio.CancelledError}
            # no connection is left in a transaction, or is lost to the pool: as many as there are work at once
            await asyncio.gather(*(write(database, written) for _ in range(12)), *(read(database) for _ in range(12)))
    async with database.reading() as session:
        emails = set(await session.scalars(select(User.email)))
        if not database.is_sqlite:
            assert await session.scalar(text(LEFT_OPEN)) == 0
    found = {email[:32] for email in emails}
    assert len(emails) == 2 * len(found), "a transaction is there as a whole, or not at all"
    assert written <= found
    async with asyncio.timeout(60):
        while len(asyncio.all_tasks()) > 1:  # closes of connections that were given up
            await asyncio.sleep(0.01)
