"""The ledger of the gamification benchmark: achievements as they come, and all of them replayed."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text

from benchmarks._gamify_boards import fill_users
from nexus_server.clock import SystemClock
from nexus_server.events.bus import EventBus
from nexus_server.gamify.badge_awards import store_catalogue
from nexus_server.gamify.build import open_gamify
from nexus_server.gamify.projections import Projections
from nexus_server.gamify.settings import GamifySettings
from nexus_server.learning import Achievement, Difficulty, EventKind
from nexus_server.store.database import Database
from nexus_server.store.models.gamify import LearningEvent, XpEntry
from nexus_server.store.redis import RedisStore

AT_ONCE = 16
EVENTS_EACH = 200
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


async def measure_awards(postgres_url: str, redis_url: str, count: int) -> dict[str, Any]:
    """Record so many achievements, and announce each: badges, boards, leagues, open tabs."""
    random = Random(3)  # noqa: S311
    learners = [UUID(int=random.getrandbits(128)) for _ in range(max(1, count // 10))]
    database, store = Database(postgres_url), RedisStore(redis_url)
    gamify = open_gamify(GamifySettings(), database, SystemClock(), bus=EventBus(), redis=store)
    left = iter(range(count))

    async def achieve() -> None:
        for number in left:
            user_id, key = learners[number % len(learners)], f"node:{number}:completed"
            achievement = Achievement(
                user_id,
                EventKind.NODE_COMPLETED,
                key,
                datetime.now(UTC),
                difficulty=Difficulty.BEGINNER,
                base_points=10,
            )
            async with database.transaction() as session:
                recorded = await gamify.recorder.record(session, achievement)
            await gamify.recorder.announce(recorded)

    try:
        await _prepare(database, learners, random)
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(achieve())
        seconds = time.perf_counter() - begun
    finally:
        await store.close()
        await database.close()
    return {"awards_per_second": count / seconds, "raw": {"awards": count, "learners": len(learners)}}


async def measure_rebuild(postgres_url: str, redis_url: str, count: int) -> dict[str, Any]:  # noqa: ARG001
    """Replay so many events into an empty ledger, and see that every table says what they say."""
    random = Random(4)  # noqa: S311
    learners = [UUID(int=random.getrandbits(128)) for _ in range(count // EVENTS_EACH)]
    database = Database(postgres_url)
    projections = Projections(database)
    try:
        await _prepare(database, learners, random)
        for user_id in learners:
            async with database.transaction() as session:
                await session.execute(insert(LearningEvent), _events(user_id))
        async with database.transaction() as session:
            await session.execute(text("ANALYZE"))
        begun, computed = time.perf_counter(), time.process_time()
        async for _ in projections.rebuild_all(learners, datetime.now(UTC)):
            pass
        seconds, own_s = time.perf_counter() - begun, time.process_time() - computed
        begun = time.perf_counter()
        async for _, differences in projections.verify_all(learners):
            assert not differences
        verified = time.perf_counter() - begun
        async with database.reading() as session:
            payments = await session.scalar(select(func.count()).select_from(XpEntry))
    finally:
        await database.close()
    raw = {"events": count, "payments": payments, "own_cpu_us_per_event": 1e6 * own_s / count}
    return {"rebuild_per_second": count / seconds, "verify_per_second": count / verified, "raw": raw}


async def _prepare(database: Database, learners: list[UUID], random: Random) -> None:
    await fill_users(database, learners, random, most_xp=0)
    async with database.transaction() as session:
        await store_catalogue(session)


def _events(user_id: UUID) -> list[dict[str, Any]]:
    """Return what a learner did in some weeks: of four events one is a day's first activity, and three pay."""
    rows: list[dict[str, Any]] = []
    previous = None
    for number in range(EVENTS_EACH):
        at = START + timedelta(hours=6 * number)
        row: dict[str, Any] = {"user_id": user_id, "node_id": None, "occurred_at": at}
        day = at.date().isoformat()
        if number % 4 == 0:
            facts: dict[str, Any] = {
                "timezone": "UTC",
                "previous_login": previous,
                "policy": "rolling_24h",
                "holidays": [],
            }
            row |= {"kind": "daily_activity", "key": f"day:{day}", "score": None, "data": {**facts, "max_freezes": 2}}
            previous = at.isoformat()
        else:
            paying = {"difficulty": "beginner", "base_points": 10, "local_day": day, "rule_version": 1}
            row |= {"kind": "node_completed", "key": f"node:{number}:completed", "score": 1.0}
            row["data"] = {**paying, "streak": 1 + number // 4}
        rows.append(row)
    return rows
