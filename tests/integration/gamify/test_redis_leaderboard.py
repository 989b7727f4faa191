"""Redis is a copy: emptied it is made anew, away it is done without."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from nexus_server.gamify.leaderboard import Board, Scores
from nexus_server.gamify.redis_leaderboard import RedisLeaderboard
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.redis import RedisStore
from nexus_server.store.sorted_sets import SortedSets
from tests.plugins.processes import free_port

pytestmark = pytest.mark.redis
WEEK = "2026-W47"


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisStore]:
    store = RedisStore(redis_url)
    await store.call(lambda redis: redis.flushdb())
    yield store
    await store.close()


async def _learner(database: Database, xp: int) -> User:
    user = User(email=f"{uuid4()}@example.org", display_name="Ada", xp=xp)
    async with database.transaction() as session:
        session.add(user)
    return user


async def test_a_flushed_redis_is_filled_from_sql(database: Database, store: RedisStore) -> None:
    ada = await _learner(database, 30)
    board = RedisLeaderboard(SortedSets(store), SqlLeaderboard(database))
    assert await board.total(Board.ALL_TIME_XP, WEEK) == 1
    await store.call(lambda redis: redis.flushdb())
    found = await board.find_place(Board.ALL_TIME_XP, WEEK, ada.id)
    assert found is not None
    assert found[0].xp == 30


async def test_scores_are_absolute(database: Database, store: RedisStore) -> None:
    ada = await _learner(database, 30)
    board = RedisLeaderboard(SortedSets(store), SqlLeaderboard(database))
    for _ in range(2):
        await board.put(Scores(ada.id, WEEK, 10, 40))
    raw = await store.call(lambda redis: redis.zscore("nexus:all_time_xp", str(ada.id)))
    weekly = await store.call(lambda redis: redis.zscore(f"nexus:weekly_xp:{WEEK}", str(ada.id)))
    assert (raw, weekly) == (40, 10)


async def test_without_redis_the_board_is_read_from_sql(database: Database) -> None:
    await _learner(database, 30)
    away = RedisStore(f"redis://127.0.0.1:{free_port()}/0")
    board = RedisLeaderboard(SortedSets(away), SqlLeaderboard(database))
    assert [place.xp for place in await board.page(Board.ALL_TIME_XP, WEEK, limit=5, offset=0)] == [30]
    await away.close()


async def test_what_redis_missed_is_made_up_for(database: Database, store: RedisStore) -> None:
    ada = await _learner(database, 30)
    sets = SortedSets(store)
    board = RedisLeaderboard(sets, SqlLeaderboard(database))
    assert await board.total(Board.ALL_TIME_XP, WEEK) == 1
    away = RedisStore(f"redis://127.0.0.1:{free_port()}/0")
    board._sets = SortedSets(away)
    async with database.transaction() as session:
        (await session.get_one(User, ada.id)).xp = 80
    await board.put(Scores(ada.id, WEEK, 0, 80))
    board._sets = sets
    assert [place.xp for place in await board.page(Board.ALL_TIME_XP, WEEK, limit=5, offset=0)] == [80]
    await away.close()


async def test_neighbours_take_one_round_trip_even_after_redis_forgot_how_to_find_them(
    database: Database, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    learners = [await _learner(database, xp) for xp in (50, 50, 40, 30, 20)]
    sql = SqlLeaderboard(database)
    board = RedisLeaderboard(SortedSets(store), sql)
    await board.around(Board.ALL_TIME_XP, WEEK, learners[3].id, span=1)
    await store.call(lambda redis: redis.script_flush())
    for learner in learners:
        found = await board.around(Board.ALL_TIME_XP, WEEK, learner.id, span=1)
        expected = await sql.around(Board.ALL_TIME_XP, WEEK, learner.id, span=1)
        assert (found.places, found.total, found.mine) == (expected.places, expected.total, expected.mine)
    asked: list[object] = []
    ask = Redis.execute_command

    async def count(self: Redis, *arguments: object, **options: object) -> object:
        asked.append(arguments[0])
        return await ask(self, *arguments, **options)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(Redis, "execute_command", count)
    await board.around(Board.ALL_TIME_XP, WEEK, learners[3].id, span=1)
    assert asked == ["EVALSHA"]
