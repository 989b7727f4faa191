"""Roadmaps with a real recorder on a real database, content on disk and workspaces in a directory."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from nexus_server.bus import EventBus
from nexus_server.clock import ManualClock
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.recorder import Recorder, StreakRules
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.gamify.streaks import StreakPolicy
from nexus_server.learner import Learner, Role
from nexus_server.roadmaps.build import Roadmaps, open_roadmaps
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@dataclass
class School:
    """A synced site: its roadmaps, and learners made on demand."""

    database: Database
    clock: ManualClock
    bus: EventBus
    recorder: Recorder
    roadmaps: Roadmaps
    content_dir: Path
    workspaces: Path

    async def learner(self, name: str = "Ada", role: Role = Role.STUDENT) -> Learner:
        user = User(email=f"{uuid4()}@example.org", display_name=name, role=role.value)
        async with self.database.transaction() as session:
            session.add(user)
        return Learner(user.id, user.email, name, role)

    async def node_id(self, slug: str) -> UUID:
        roadmap = await self.roadmaps.catalogue.get_roadmap(await self.learner(), "tiny")
        return next(node.id for node in roadmap.nodes if node.slug == slug)

    async def statuses(self, learner: Learner) -> dict[str, str]:
        roadmap = await self.roadmaps.catalogue.get_roadmap(learner, "tiny")
        return {node.slug: node.status.value for node in roadmap.nodes}

    async def user(self, learner: Learner) -> User:
        async with self.database.transaction() as session:
            return await session.get_one(User, learner.id)

    def workspace(self, learner: Learner) -> Path:
        return self.workspaces / str(learner.id)

    def pass_time(self, **amount: float) -> None:
        self.clock.time += timedelta(**amount)


@pytest.fixture
async def school(database: Database, content_dir: Path, tmp_path: Path) -> School:
    clock, bus = ManualClock(START), EventBus()
    announcer = Announcer(database, SqlLeaderboard(database), bus, clock)
    recorder = Recorder(database, announcer, StreakRules(StreakPolicy.ROLLING_24H, max_freezes=2))
    workspaces = tmp_path / "workspaces"

    def open_workspace(learner: Learner) -> ConfinedDirectory:
        path = workspaces / str(learner.id)
        path.mkdir(parents=True, exist_ok=True)
        return ConfinedDirectory(path, max_file_bytes=1_000_000)

    roadmaps = open_roadmaps(content_dir, database, clock, recorder=recorder, open_workspace=open_workspace)
    await roadmaps.sync.run()
    return School(database, clock, bus, recorder, roadmaps, content_dir, workspaces)
