"""Servers that share a PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from nexus_server.store.database import Database


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """The database of a site of several servers: SQLite has none of them."""
    database = Database(postgres_url)
    yield database
    await database.close()
