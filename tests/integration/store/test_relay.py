"""Messages between processes, through a real PostgreSQL and a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID, uuid4

import pytest

from nexus_server.events.backlog import Told
from nexus_server.events.bus import EventBus
from nexus_server.events.messages import BadgeEarned, ContentChanged, KernelPosition, LeaderboardChanged
from nexus_server.events.relay import Channel, EventRelay
from nexus_server.store.database import Database
from nexus_server.store.postgres_channel import PostgresChannel
from nexus_server.store.redis import RedisStore, RedisUnavailableError
from nexus_server.store.redis_channel import RedisChannel
from tests.plugins.clusters import RedisServer, running_postgres, running_redis

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

#: for a machine that is busy with other things
TIMEOUT_S = 60

OpenChannels = Callable[[], list[Channel]]
Messages = asyncio.Queue[Told]


def content(name: str) -> ContentChanged:
    return ContentChanged(nodes=[name])


def told(name: str) -> dict[str, object]:
    return {"type": "content.changed", "nodes": [name]}


@asynccontextmanager
async def relayed(bus: EventBus, channels: list[Channel]) -> AsyncIterator[EventRelay]:
    relay = EventRelay(bus, channels)
    await relay.start()
    try:
        yield relay
    finally:
        await relay.stop()


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    database = Database(postgres_url)
    yield database
    await database.close()


@pytest.fixture(params=["postgres", "redis"])
async def channels(request: pytest.FixtureRequest, database: Database, redis_url: str) -> AsyncIterator[OpenChannels]:
    """Opens one process's channels; each kind in turn."""
    stores: list[RedisStore] = []

    def open_one() -> list[Channel]:
        if request.param == "postgres":
            return [PostgresChannel(database)]
        stores.append(RedisStore(redis_url))
        return [RedisChannel(stores[-1])]

    yield open_one
    for store in stores:
        await store.close()


async def test_a_tab_hears_what_another_process_says(channels: OpenChannels) -> None:
    here, there, ada = EventBus(), EventBus(), uuid4()
    badge = {"type": "badge.earned", "slug": "larger", "name": "größer", "icon_url": ""}
    board = {"type": "leaderboard.changed", "period": "2026-W10"}
    heard_of: list[object] = []
    there.listeners.append(lambda learner, kind: heard_of.append((learner, kind)))
    with here.subscribe(ada) as own, there.subscribe(ada) as messages, there.subscribe(uuid4()) as strangers:
        async with relayed(here, channels()), relayed(there, channels()), asyncio.timeout(TIMEOUT_S):
            here.publish(ada, BadgeEarned(slug="larger", name="größer", icon_url=""))
            here.publish(None, LeaderboardChanged(period="2026-W10"))
            assert await messages.get() == badge
            assert await messages.get() == board
            assert await strangers.get() == board
            there.publish(ada, content("back"))
            # its own messages come once, not again from outside
            assert [await own.get() for _ in range(3)] == [badge, board, told("back")]
    assert heard_of == [(ada, "badge.earned"), (None, "leaderboard.changed"), (ada, "content.changed")]


async def test_a_tab_that_comes_back_to_another_process_hears_what_it_missed(channels: OpenChannels) -> None:
    here, there, ada = EventBus(), EventBus(), uuid4()
    with there.subscribe(uuid4()) as others:
        async with relayed(here, channels()), relayed(there, channels()), asyncio.timeout(TIMEOUT_S):
            cursor = here.backlog.cursor()
            here.publish(ada, content("missed"))
            here.publish(None, content("end"))
            assert await others.get() == told("end")
    assert there.backlog.since(ada, cursor) == here.backlog.since(ada, cursor) == [told("missed"), told("end")]


async def test_many_messages_come_in_order(channels: OpenChannels) -> None:
    here, there, ada = EventBus(), EventBus(), uuid4()
    with there.subscribe(ada) as messages:
        async with relayed(here, channels()), relayed(there, channels()), asyncio.timeout(TIMEOUT_S):
            for number in range(200):
                here.publish(ada, KernelPosition(kernel_id="x" * 100, position=number))
            assert [(await messages.get())["position"] for _ in range(200)] == list(range(200))


async def test_what_was_said_before_the_stop_is_sent(channels: OpenChannels) -> None:
    here, there, ada = EventBus(), EventBus(), uuid4()
    with there.subscribe(ada) as messages:
        async with relayed(there, channels()), asyncio.timeout(TIMEOUT_S):
            async with relayed(here, channels()):
                here.publish(ada, content("last"))
            assert await messages.get() == told("last")


async def test_without_redis_the_database_carries_the_news(database: Database) -> None:
    with running_redis() as server:
        stores = [RedisStore(server.url), RedisStore(server.url)]
        here, there, ada = EventBus(), EventBus(), uuid4()
        both: list[list[Channel]] = [[RedisChannel(store), PostgresChannel(database)] for store in stores]
        with there.subscribe(ada) as messages:
            async with relayed(here, both[0]), relayed(there, both[1]), asyncio.timeout(TIMEOUT_S):
                here.publish(ada, content("by redis"))
                assert await messages.get() == told("by redis")
                server.stop()
                here.publish(ada, content("by postgres"))
                assert await messages.get() == told("by postgres")
                await _back(server, stores[0])
                await _until_heard(here, messages, ada, "by redis again")
        for store in stores:
            await store.close()


async def test_a_restart_of_postgres_is_survived() -> None:
    with running_postgres() as cluster:
        database = Database(cluster.url)
        here, there, ada = EventBus(), EventBus(), uuid4()
        with there.subscribe(ada) as messages:
            async with (
                relayed(here, [PostgresChannel(database)]),
                relayed(there, [PostgresChannel(database)]),
                asyncio.timeout(TIMEOUT_S),
            ):
                cluster.stop()
                here.publish(ada, content("lost"))
                cluster.start()
                assert await _until_heard(here, messages, ada, "again") > 0
        await database.close()


async def _back(server: RedisServer, store: RedisStore) -> None:
    await asyncio.to_thread(server.start)
    async with asyncio.timeout(TIMEOUT_S):
        while store.is_down:
            with suppress(RedisUnavailableError):
                await store.ping()
            await asyncio.sleep(0.05)


async def _until_heard(bus: EventBus, messages: Messages, ada: UUID, kind: str) -> int:
    """Say something again and again until it arrives: when a listener is back is its own affair. Return how often."""
    said = 0
    while True:
        bus.publish(ada, content(kind))
        said += 1
        try:
            async with asyncio.timeout(0.5):
                while (await messages.get()) != told(kind):
                    pass
        except TimeoutError:
            continue
        return said
