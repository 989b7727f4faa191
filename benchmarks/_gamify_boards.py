"""Leaderboards of the gamification benchmark: Redis against raw redis-py, and PostgreSQL alone."""

import time
from collections.abc import Awaitable, Callable
from random import Random
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import text

from nexus_server.gamify.leaderboard import Board
from nexus_server.gamify.redis_leaderboard import RedisLeaderboard
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.store.bulk import insert_many
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.base import Base, now
from nexus_server.store.redis import RedisStore
from nexus_server.store.sorted_sets import SortedSets

WEEK = "2026-W47"
KEY = "nexus:all_time_xp"
SPAN = 5
TURNS, CALLS_PER_TURN = 40, 25
CHUNK = 10_000

_Call = Callable[[str], Awaitable[object]]


async def measure_boards(postgres_url: str, redis_url: str, count: int) -> dict[str, Any]:
    """Compare reads of a board with raw redis-py, in alternation."""
    random = Random(1)  # noqa: S311
    members = {str(UUID(int=random.getrandbits(128))): random.randint(1, 20_000) for _ in range(count)}
    database, store = Database(postgres_url), RedisStore(redis_url)
    raw = Redis.from_url(redis_url, decode_responses=True)
    sets = SortedSets(store)
    try:
        token = await sets.begin_filling(KEY)
        await sets.end_filling(KEY, token, members, ttl_s=None)
        board = RedisLeaderboard(sets, SqlLeaderboard(database))
        sample = random.sample(list(members), min(count, 500))
        await _agree(board, raw, sample[0])
        around = await _compare(
            lambda member: board.around(Board.ALL_TIME_XP, WEEK, UUID(member), span=SPAN),
            lambda member: _raw_around(raw, member),
            sample,
        )
        rank = await _compare(
            lambda member: board.find_place(Board.ALL_TIME_XP, WEEK, UUID(member)),
            lambda member: _raw_rank(raw, member),
            sample,
        )
    finally:
        await raw.aclose()
        await store.close()
        await database.close()
    return {
        "around_me_ratio": around["ratio"],
        "rank_ratio": rank["ratio"],
        "raw": {"members": count, "around": around, "rank": rank},
    }


async def _raw_around(redis: Redis, member: str) -> tuple[int, int, list[tuple[str, float]]]:
    """Ask what `around` asks: where the member is, then the rows, how many there are, and who is before them."""
    position = await redis.zrevrank(KEY, member)
    assert position is not None
    first = max(0, int(position) - SPAN)
    async with redis.pipeline(transaction=False) as pipe:
        pipe.zrevrange(KEY, first, int(position) + SPAN, withscores=True)
        pipe.zcard(KEY)
        rows, total = await pipe.execute()
    better = await redis.zcount(KEY, f"({rows[0][1]}", "+inf")
    return int(total), int(better), rows


async def _raw_rank(redis: Redis, member: str) -> tuple[int, int]:
    """Ask what `find_place` asks: score and position, then how many score higher."""
    async with redis.pipeline(transaction=False) as pipe:
        pipe.zscore(KEY, member)
        pipe.zrevrank(KEY, member)
        score, position = await pipe.execute()
    return int(await redis.zcount(KEY, f"({score}", "+inf")), int(position)


async def _agree(board: RedisLeaderboard, raw: Redis, member: str) -> None:
    """Both sides say the same: else they would not be compared."""
    ours = await board.around(Board.ALL_TIME_XP, WEEK, UUID(member), span=SPAN)
    total, better, rows = await _raw_around(raw, member)
    assert (ours.total, [str(place.user_id) for place in ours.places]) == (total, [name for name, _ in rows])
    assert ours.places[0].rank == better + 1


async def _compare(ours: _Call, theirs: _Call, sample: list[str]) -> dict[str, Any]:
    """Return the milliseconds of both, and the median of the ratios of turns that follow each other."""
    times: dict[str, list[float]] = {"ours_ms": [], "raw_ms": []}
    for turn in range(TURNS):
        members = [sample[(turn * CALLS_PER_TURN + n) % len(sample)] for n in range(CALLS_PER_TURN)]
        for name, call in (("raw_ms", theirs), ("ours_ms", ours)):
            begun = time.perf_counter()
            for member in members:
                await call(member)
            times[name].append((time.perf_counter() - begun) * 1000 / CALLS_PER_TURN)
    ratios = [our / raw for our, raw in zip(times["ours_ms"], times["raw_ms"], strict=True)]
    return {"ratio": median(ratios), **{name: median(values) for name, values in times.items()}}


async def measure_sql_board(postgres_url: str, redis_url: str, count: int) -> dict[str, Any]:  # noqa: ARG001
    """Read the places around learners from PostgreSQL alone."""
    random = Random(2)  # noqa: S311
    ids = [UUID(int=random.getrandbits(128)) for _ in range(count)]
    database = Database(postgres_url)
    try:
        await fill_users(database, ids, random)
        board = SqlLeaderboard(database)
        times = []
        for user_id in random.sample(ids, 60):
            begun = time.perf_counter()
            await board.around(Board.ALL_TIME_XP, WEEK, user_id, span=SPAN)
            times.append((time.perf_counter() - begun) * 1000)
    finally:
        await database.close()
    return {"sql_board_p95_ms": quantiles(times, n=20)[-1], "raw": {"learners": count, "median_ms": median(times)}}


async def fill_users(database: Database, ids: list[UUID], random: Random, *, most_xp: int = 20_000) -> None:
    """Write learners, and let the database count its rows."""
    defaults = {column.name: column.default.arg for column in User.__table__.columns if _is_plain(column.default)}
    for start in range(0, len(ids), CHUNK):
        rows = [
            {**defaults, "id": user_id, "email": f"{user_id}@example.org", "display_name": "Bench",
             "xp": random.randint(0, most_xp), "created_at": now()}
            for user_id in ids[start : start + CHUNK]
        ]  # fmt: skip
        async with database.transaction() as session:
            await insert_many(
                session, Base.metadata.tables["users"], list(rows[0]), [list(row.values()) for row in rows]
            )
    async with database.transaction() as session:
        await session.execute(text("ANALYZE users"))


def _is_plain(default: Any) -> bool:
    return default is not None and default.is_scalar
