"""Every test of the store runs by the fast paths and without them."""

from collections.abc import AsyncIterator

import pytest

from nexus_server.store.database import Database


@pytest.fixture(params=[True, False], ids=["fast", "plain"])
async def database(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Database]:
    """An open fresh database of each kind in turn."""
    database = Database(database_url, fast_paths=request.param)
    yield database
    await database.close()
