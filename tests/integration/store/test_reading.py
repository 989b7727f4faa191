"""Reading waits for nobody: a reader and a writer do not hold each other up, and a reader cannot write."""

import asyncio

import pytest
from sqlalchemy import insert, select

from nexus_server.store.database import Database, WriteInReadingError
from nexus_server.store.models.accounts import User


def _user(name: str = "A") -> User:
    return User(email=f"{name}@example.org", display_name=name)


async def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    async with database.transaction() as writer:
        writer.add(_user())
        await writer.flush()
        async with asyncio.timeout(10), database.reading() as reader:  # a write lock would wait for thirty seconds
            assert await reader.scalar(select(User.email)) is None
    async with database.reading() as reader:
        assert await reader.scalar(select(User.email)) == "A@example.org"


async def test_a_writer_does_not_wait_for_a_reader(database: Database) -> None:
    async with database.reading() as reader:
        assert await reader.scalar(select(User.email)) is None
        async with asyncio.timeout(10), database.transaction() as writer:
            writer.add(_user())


async def test_a_snapshot_sees_one_state_while_others_write(database: Database) -> None:
    async with database.snapshot() as reader:
        assert await reader.scalar(select(User.email)) is None
        async with database.transaction() as writer:
            writer.add(_user())
        assert await reader.scalar(select(User.email)) is None
    async with database.reading() as reader:
        assert await reader.scalar(select(User.email)) == "A@example.org"


async def test_what_was_read_stays_readable_afterwards(database: Database) -> None:
    async with database.transaction() as writer:
        writer.add(_user())
    async with database.reading() as reader:
        user = (await reader.scalars(select(User))).one()
    assert user.display_name == "A"


async def test_a_reader_refuses_to_write(database: Database) -> None:
    async def add() -> None:
        async with database.reading() as reader:
            reader.add(_user())
            await reader.flush()

    async def execute() -> None:
        async with database.reading() as reader:
            await reader.execute(insert(User).values(email="a", display_name="A"))

    async def execute_in_a_snapshot() -> None:
        async with database.snapshot() as reader:
            await reader.execute(insert(User).values(email="a", display_name="A"))

    with pytest.raises(WriteInReadingError):
        await add()
    with pytest.raises(WriteInReadingError):
        await execute()
    with pytest.raises(WriteInReadingError):
        await execute_in_a_snapshot()
    async with database.reading() as reader:
        assert await reader.scalar(select(User.id)) is None
