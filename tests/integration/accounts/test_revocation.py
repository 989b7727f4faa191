"""What one process ends is over in another within a second, on requests and on open sockets, with Redis and without."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from traitlets.config import Config

from nexus_server.accounts import session_watch
from nexus_server.accounts.administration import UserChange
from nexus_server.accounts.sessions import IssuedTokens
from nexus_server.accounts.settings import AccountSettings
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.redis import RedisStore
from tests.integration.accounts.conftest import People, open_people

#: cheap hashes, and the cache as sites have it
CONFIG = Config({"AccountSettings": {"argon2_memory_kib": 64, "argon2_time_cost": 1}})
PATIENCE_S = 60.0

End = Callable[[People, IssuedTokens, Learner], Awaitable[None]]


async def log_out(people: People, issued: IssuedTokens, _boss: Learner) -> None:
    assert issued.learner.session_id is not None
    await people.accounts.sessions.revoke(issued.learner.session_id, "logout")


async def log_out_everywhere(people: People, issued: IssuedTokens, _boss: Learner) -> None:
    await people.accounts.sessions.revoke_all(issued.learner.id, "logout_all")


async def disable(people: People, issued: IssuedTokens, boss: Learner) -> None:
    await people.accounts.administration.change_user(boss, issued.learner.id, UserChange(disabled=True))


async def delete(people: People, issued: IssuedTokens, _boss: Learner) -> None:
    await people.accounts.personal_data.delete(issued.learner)


SQLITE = pytest.param(("memory", "sqlite"), id="memory-sqlite")
POSTGRES = pytest.param(("redis", "postgres"), id="redis-postgres", marks=[pytest.mark.redis, pytest.mark.postgres])
#: what each of the others is made of is in the two above
OTHERS = [
    pytest.param(("memory", "postgres"), id="memory-postgres", marks=[pytest.mark.postgres, pytest.mark.long]),
    pytest.param(("redis", "sqlite"), id="redis-sqlite", marks=[pytest.mark.redis, pytest.mark.long]),
]


@pytest.fixture(params=[SQLITE, POSTGRES, *OTHERS])
async def processes(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[People, People]]:
    """Two processes of one site: they share the database, the keys and perhaps Redis, and no memory."""
    monkeypatch.delenv("NEXUS_JWT_KEYS", raising=False)
    memory, engine = request.param
    database_url = request.getfixturevalue(f"{engine}_url")
    url = request.getfixturevalue("redis_url") if memory == "redis" else None
    databases = [Database(database_url) for _ in range(2)]
    stores = [RedisStore(url) if url else None for _ in range(2)]
    here, there = (
        open_people(database, tmp_path, CONFIG, store) for database, store in zip(databases, stores, strict=True)
    )
    await there.accounts.watch.start()
    yield here, there
    for people in (here, there):
        await people.accounts.stop()
    for database, store in zip(databases, stores, strict=True):
        if store is not None:
            await store.close()
        await database.close()


@pytest.mark.parametrize("end", [log_out, log_out_everywhere, disable, delete], ids=lambda end: end.__name__)
async def test_an_ended_session_is_over_in_the_other_process(processes: tuple[People, People], end: End) -> None:
    here, there = processes
    boss, ada = await here.register(Role.ADMIN), await here.register()
    issued, other = await here.log_in(ada), await here.log_in(boss)
    assert issued.learner.session_id is not None
    socket_closed = asyncio.Event()
    with there.accounts.watch.watching(issued.learner.session_id, socket_closed.set):
        assert await there.is_in(issued), "and it is remembered there now"
        await end(here, issued, boss)
        assert not await here.is_in(issued)
        async with asyncio.timeout(PATIENCE_S):
            await socket_closed.wait()
            while await there.is_in(issued):
                await asyncio.sleep(0.05)  # what it remembers runs out by itself: nobody tells it
    assert await there.is_in(other)


async def test_a_changed_role_is_felt_in_the_other_process(processes: tuple[People, People]) -> None:
    here, there = processes
    boss, ada = await here.register(Role.ADMIN), await here.register()
    issued = await here.log_in(ada)
    assert await there.is_in(issued)
    await here.accounts.administration.change_user(boss, ada.id, UserChange(role=Role.INSTRUCTOR))
    async with asyncio.timeout(PATIENCE_S):
        while True:
            credential = await there.accounts.sessions.find_credential(issued.access_token)
            if credential is not None and credential.learner.role is Role.INSTRUCTOR:
                break
            await asyncio.sleep(0.05)


def test_what_a_process_remembers_is_younger_than_a_second() -> None:
    """The bound itself: `processes` shows that these two numbers are what it hangs on."""
    assert AccountSettings.session_cache_s.max < 1
    assert session_watch.INTERVAL_S < 1
