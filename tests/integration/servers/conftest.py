"""Servers that share a PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from nexus_server.clock import SystemClock
from nexus_server.servers.register import ServerRegister
from nexus_server.store.database import Database
from tests.integration.servers.members import LEASE_S, STAY_S, Site


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """The database of a site of several servers: SQLite has none of them."""
    database = Database(postgres_url)
    yield database
    await database.close()


@pytest.fixture
def register(database: Database) -> ServerRegister:
    return ServerRegister(database, SystemClock(), LEASE_S, stay_s=STAY_S)


@pytest.fixture
def site(database: Database, register: ServerRegister) -> Site:
    return Site(database, register)
