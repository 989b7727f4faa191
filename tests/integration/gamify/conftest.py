from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from nexus_server.bus import EventBus
from nexus_server.clock import ManualClock
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.badge_awards import store_catalogue
from nexus_server.gamify.recorder import Recorder, StreakRules
from nexus_server.gamify.service import GamifyService
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.gamify.streaks import StreakPolicy
from nexus_server.learner import Learner, Role
from nexus_server.learning import Achievement, Difficulty, EventKind, Recorded
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@dataclass
class World:
    """The spine on a real database, with a clock that the test moves."""

    database: Database
    clock: ManualClock
    bus: EventBus
    recorder: Recorder
    gamify: GamifyService

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


@pytest.fixture
async def world(database: Database) -> World:
    clock, bus = ManualClock(START), EventBus()
    leaderboard = SqlLeaderboard(database)
    announcer = Announcer(database, leaderboard, bus, clock)
    async with database.transaction() as session:
        await store_catalogue(session)
    recorder = Recorder(database, announcer, StreakRules(StreakPolicy.ROLLING_24H, max_freezes=2))
    return World(database, clock, bus, recorder, GamifyService(database, leaderboard, clock))
