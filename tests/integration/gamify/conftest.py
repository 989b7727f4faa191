from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from nexus_server.clock import ManualClock
from nexus_server.events.bus import EventBus
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.badge_awards import store_catalogue
from nexus_server.gamify.boards import BoardService
from nexus_server.gamify.leaderboard import Leaderboard
from nexus_server.gamify.leagues import Leagues
from nexus_server.gamify.recorder import Recorder, StreakRules
from nexus_server.gamify.redis_leaderboard import RedisLeaderboard
from nexus_server.gamify.service import GamifyService
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.learner import Learner, Role
from nexus_server.learning import Achievement, Difficulty, EventKind, Recorded
from nexus_server.standing.streaks import StreakPolicy
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.redis import RedisStore
from nexus_server.store.sorted_sets import SortedSets

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@dataclass
class World:
    """The spine on a real database, with a clock that the test moves."""

    database: Database
    clock: ManualClock
    bus: EventBus
    announcer: Announcer
    recorder: Recorder
    gamify: GamifyService
    boards: BoardService
    leagues: Leagues

    async def learner(self, name: str = "Ada") -> Learner:
        user = User(email=f"{uuid4()}@example.org", display_name=name)
        async with self.database.transaction() as session:
            session.add(user)
        return Learner(user.id, user.email, name, Role.STUDENT)

    async def achieve(self, learner: Learner, key: str, *, base_points: int = 10, announce: bool = True) -> Recorded:
        achievement = Achievement(
            learner.id,
            EventKind.NODE_COMPLETED,
            key,
            self.clock.now(),
            difficulty=Difficulty.INTERMEDIATE,
            base_points=base_points,
        )
        async with self.database.transaction() as session:
            recorded = await self.recorder.record(session, achievement)
        if announce:
            await self.recorder.announce(recorded)
        return recorded

    async def user(self, user_id: UUID) -> User:
        async with self.database.transaction() as session:
            return await session.get_one(User, user_id)

    def pass_time(self, **amount: float) -> None:
        self.clock.time += timedelta(**amount)


@pytest.fixture(params=["sql", pytest.param("redis", marks=pytest.mark.redis)])
async def leaderboard(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Leaderboard]:
    """Each kind of leaderboard in turn, the Redis one on an empty Redis."""
    sql = SqlLeaderboard(database)
    if request.param == "sql":
        yield sql
        return
    store = RedisStore(request.getfixturevalue("redis_url"))
    await store.call(lambda redis: redis.flushdb())
    yield RedisLeaderboard(SortedSets(store), sql)
    await store.close()


@pytest.fixture
async def world(database: Database, leaderboard: Leaderboard) -> World:
    clock, bus = ManualClock(START), EventBus()
    leagues = Leagues(database)
    announcer = Announcer(database, leaderboard, leagues, bus, clock)
    async with database.transaction() as session:
        await store_catalogue(session)
    recorder = Recorder(database, announcer, StreakRules(StreakPolicy.ROLLING_24H, max_freezes=2))
    boards = BoardService(database, leaderboard, leagues, clock)
    return World(database, clock, bus, announcer, recorder, GamifyService(database), boards, leagues)
