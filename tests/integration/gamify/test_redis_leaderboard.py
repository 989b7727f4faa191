"""Redis is a copy: emptied it is made anew, away it is done without."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from nexus_server.clock import ManualClock
from nexus_server.events.bus import EventBus
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.leaderboard import Board, Place, Scores
from nexus_server.gamify.leagues import Leagues
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


async def test_a_board_that_is_renewed_says_what_the_database_says(database: Database, store: RedisStore) -> None:
    ada = await _learner(database, 30)
    board = RedisLeaderboard(SortedSets(store), SqlLeaderboard(database))
    assert await board.total(Board.ALL_TIME_XP, WEEK) == 1
    async with database.transaction() as session:
        (await session.get_one(User, ada.id)).xp = 70
    await board.renew(WEEK)
    assert [place.xp for place in await board.page(Board.ALL_TIME_XP, WEEK, limit=5, offset=0)] == [70]


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


async def test_what_is_written_while_a_set_is_filled_is_not_lost(
    database: Database, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = await _learner(database, 30), await _learner(database, 20)
    sql = SqlLeaderboard(database)
    board = RedisLeaderboard(SortedSets(store), sql)
    read = sql.page

    async def overtaken(*arguments: Any, **options: Any) -> Sequence[Place]:
        """Read, and only then see others write: Ada earns more, Bob opts out."""
        places = await read(*arguments, **options)
        if options["offset"] == 0:
            await board.put(Scores(ada.id, WEEK, 0, 90))
            await board.put(Scores(bob.id, WEEK, 0, 20, listed=False))
        return places

    monkeypatch.setattr(sql, "page", overtaken)
    places = await board.page(Board.ALL_TIME_XP, WEEK, limit=5, offset=0)
    assert [(place.user_id, place.xp) for place in places] == [(ada.id, 90)]
    assert sorted(await store.call(lambda redis: redis.keys("nexus:all_time_xp*"))) == [
        "nexus:all_time_xp",
        "nexus:all_time_xp:whole",
    ]


async def test_a_set_that_was_filled_while_redis_was_emptied_is_not_trusted(
    database: Database, store: RedisStore
) -> None:
    sets = SortedSets(store)
    token = await sets.begin_filling("board")
    await store.call(lambda redis: redis.flushdb())
    assert not await sets.end_filling("board", token, {"a": 1}, ttl_s=None)
    first, second = await sets.begin_filling("board"), await sets.begin_filling("board")
    assert not await sets.end_filling("board", first, {"a": 1}, ttl_s=None)
    assert not await sets.is_whole("board")
    assert await sets.end_filling("board", second, {"a": 1}, ttl_s=60)
    assert await sets.size("board") == 1
    assert await store.call(lambda redis: redis.ttl("board")) > 0


async def test_emptied_again_and_again_under_load_it_ends_as_the_database(
    database: Database, store: RedisStore
) -> None:
    people = [(await _learner(database, 1)).id for _ in range(12)]
    sql = SqlLeaderboard(database)
    board = RedisLeaderboard(SortedSets(store), sql)

    async def learn(user_id: UUID) -> None:
        for _ in range(8):
            async with database.transaction() as session:
                user = await session.get_one(User, user_id, with_for_update=True)
                user.xp += 10 + people.index(user_id) % 3
            await board.put(Scores(user_id, WEEK, 0, user.xp))
            await board.around(Board.ALL_TIME_XP, WEEK, user_id, span=2)

    async def empty() -> None:
        for _ in range(12):
            await store.call(lambda redis: redis.flushall())
            await board.total(Board.ALL_TIME_XP, WEEK)

    await asyncio.gather(*map(learn, people), empty())
    # Nobody has to wait for it: the first who asks sees what the database says.
    ours, theirs = [await each.page(Board.ALL_TIME_XP, WEEK, limit=20, offset=0) for each in (board, sql)]
    assert list(ours) == list(theirs)
    assert len(ours) == len(people)


class Overtaken(RedisLeaderboard):
    """A board whose next write takes so long that somebody else's comes in between."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def put(self, scores: Scores) -> bool:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return await super().put(scores)


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_scores_that_were_overtaken_on_their_way_do_not_stay(
    database: Database,
    store: RedisStore,
    is_deleted: bool,  # noqa: FBT001  pytest gives names
) -> None:
    ada = await _learner(database, 10)
    board = Overtaken(SortedSets(store), SqlLeaderboard(database))
    announcer = Announcer(
        database, board, Leagues(database), EventBus(), ManualClock(datetime(2026, 11, 18, tzinfo=UTC))
    )
    assert await board.total(Board.ALL_TIME_XP, WEEK) == 1

    async def another_server_is_quicker() -> None:
        async with database.transaction() as session:
            user = await session.get_one(User, ada.id)
            if is_deleted:
                await session.delete(user)
            else:
                user.xp += 30
        await (announcer.erase if is_deleted else announcer.put_scores)(ada.id)

    board.meanwhile = another_server_is_quicker
    await announcer.put_scores(ada.id)
    places = await board.page(Board.ALL_TIME_XP, WEEK, limit=9, offset=0)
    assert [place.xp for place in places] == ([] if is_deleted else [40])


#: a history: who (one of six) is to have which XP now, or opts out (None), or Redis is emptied ("flush")
STEPS = st.lists(
    st.one_of(st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(0, 4))), st.just("flush")), max_size=12
)


async def test_redis_and_sql_answer_the_same_whatever_happened(database: Database, store: RedisStore) -> None:
    """Histories are drawn as in a property test; each leaves the database as the next one finds it."""
    people = [(await _learner(database, 0)).id for _ in range(6)]
    sql = SqlLeaderboard(database)
    board = RedisLeaderboard(SortedSets(store), sql)
    histories: list[list[Any]] = []

    @settings(max_examples=12, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(STEPS)
    def draw(history: list[Any]) -> None:
        histories.append(history)

    draw()
    for history in histories:
        for step in history:
            await _do(step, people, database, store, board)
        for asking in people:
            for span in (1, 3):
                found = await board.around(Board.ALL_TIME_XP, WEEK, asking, span=span)
                said = await sql.around(Board.ALL_TIME_XP, WEEK, asking, span=span)
                assert (found.places, found.total, found.mine) == (said.places, said.total, said.mine), history
            assert await board.find_place(Board.ALL_TIME_XP, WEEK, asking) == await sql.find_place(
                Board.ALL_TIME_XP, WEEK, asking
            )
            for offset in (0, 2, 9):
                tops = [
                    await each.top(Board.ALL_TIME_XP, WEEK, asking, limit=2, offset=offset) for each in (board, sql)
                ]
                ours, theirs = ((list(top.places), top.total, top.mine) for top in tops)
                assert ours == theirs, (history, offset)
        pages = [await each.page(Board.ALL_TIME_XP, WEEK, limit=2, offset=2) for each in (board, sql)]
        assert list(pages[0]) == list(pages[1]), history


async def _do(step: Any, people: list[UUID], database: Database, store: RedisStore, board: RedisLeaderboard) -> None:
    if step == "flush":
        await store.call(lambda redis: redis.flushdb())
        return
    number, xp = step
    async with database.transaction() as session:
        user = await session.get_one(User, people[number])
        user.leaderboard_opt_out = xp is None
        user.xp = user.xp if xp is None else xp
        scores = Scores(user.id, WEEK, 0, user.xp, listed=xp is not None)
    await board.put(scores)
