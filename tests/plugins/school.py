"""A synced site on a real database: roadmaps, the real recorder, a clock that the test moves, a scripted grader."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.class_members import ClassMembers
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.accounts.listing import NoBoards
from nexus_server.clock import ManualClock
from nexus_server.events.bus import EventBus
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.corrections import LoweredGradePolicy
from nexus_server.gamify.leagues import Leagues
from nexus_server.gamify.recorder import Recorder, StreakRules
from nexus_server.gamify.settings import GamifySettings
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.grading.hashes import tests_hash as hash_of_tests
from nexus_server.grading.settings import GradingSettings
from nexus_server.learner import Learner, Role
from nexus_server.mastery.known import KnowledgeReader
from nexus_server.mastery.model import MasteryParameters
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.results import NotGraded
from nexus_server.offload.pool import InProcess
from nexus_server.roadmaps.build import Roadmaps, open_roadmaps
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.settings import NexusSettings
from nexus_server.standing.streaks import StreakPolicy
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import XpEntry
from nexus_server.store.models.grading import Grade
from nexus_server.submissions.build import Submissions, SubmissionsContext, open_submissions
from nexus_server.submissions.job import GradedJob, GradingJob
from nexus_server.submissions.settings import GradingQueueSettings
from nexus_server.teaching.build import Teaching, open_teaching

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
MAX_SCORE = 2.0


def answer(points: float, note: str = "", *, waits: bool = False) -> dict[str, Any]:
    """Return a notebook to which `ScriptedGrader` gives `points` of two; `waits` adds a cell that a person marks."""
    metadata = {"points": points, "note": note, "waits": waits}
    return {"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@dataclass
class ScriptedGrader:
    """Gives the points that the notebook's metadata ask for; chosen instead of the engine, which has its own tests."""

    #: reasons of infrastructure failures, used up one by one
    outages: list[str] = field(default_factory=list)
    #: whether those failures are the container engine's
    is_engine_away: bool = False
    #: points that a note earns now, whatever its notebook asks for
    points_now: dict[str, float] = field(default_factory=dict)
    #: while cleared, gradings wait
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    running: int = 0
    most_running: int = 0
    order: list[str] = field(default_factory=list)
    #: sources that were graded against, in the same order
    sources: list[str] = field(default_factory=list)
    is_closed: bool = False

    def __post_init__(self) -> None:
        self.gate.set()
        self._changed = asyncio.Condition()

    async def is_running(self, count: int) -> None:
        """Wait until `count` gradings are under way."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.running >= count)

    async def grade(self, job: GradingJob) -> GradedJob | NotGraded:
        wanted = json.loads(job.notebook)["metadata"]
        self.order.append(wanted["note"])
        self.sources.append(job.source)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        async with self._changed:
            self._changed.notify_all()
        try:
            await self.gate.wait()
        finally:
            self.running -= 1
        if self.outages:
            return NotGraded(self.outages.pop(0), is_retryable=True, is_outage=self.is_engine_away)
        graded = graded_job(self.points_now.get(wanted["note"], wanted["points"]))
        tests = hash_of_tests(parse_notebook(job.source), job.data)
        graded = replace(graded, provenance={"test_hash": tests})
        return _waiting(graded) if wanted["waits"] else graded

    async def close(self) -> None:
        self.is_closed = True


def graded_job(points: float) -> GradedJob:
    cell = {"grade_id": "test", "points": points, "max_points": MAX_SCORE, "trust": "sealed", "message": ""}
    return GradedJob(
        score=points,
        max_score=MAX_SCORE,
        needs_manual=False,
        cells=[{**cell, "status": "passed" if points == MAX_SCORE else "partial"}],
        provenance={},
        feedback="<p>feedback</p>",
    )


def _waiting(graded: GradedJob) -> GradedJob:
    message = "Your instructor marks this part."
    cell = {"grade_id": "why", "points": 0.0, "max_points": 3.0, "status": "manual", "trust": "sealed"}
    return replace(
        graded,
        max_score=MAX_SCORE + 3.0,
        needs_manual=True,
        cells=[*graded.cells, {**cell, "message": message}],
        provenance={**graded.provenance, "hmac": "over the grader's own result"},
    )


@dataclass
class School:
    """A synced site; learners are made on demand."""

    database: Database
    clock: ManualClock
    bus: EventBus
    recorder: Recorder
    roadmaps: Roadmaps
    submissions: Submissions
    teaching: Teaching
    grader: ScriptedGrader
    content_dir: Path
    workspaces: Path
    cohorts: Cohorts
    members: ClassMembers
    site: SubmissionsContext

    async def learner(self, name: str = "Ada", role: Role = Role.STUDENT) -> Learner:
        user = User(email=f"{uuid4()}@example.org", display_name=name, role=role.value)
        async with self.database.transaction() as session:
            session.add(user)
        return Learner(user.id, user.email, name, role)

    async def node_id(self, slug: str) -> UUID:
        roadmap = await self.roadmaps.catalogue.get_roadmap(await self.learner(), "tiny")
        return next(node.id for node in roadmap.nodes if node.slug == slug)

    async def ready_for_lab(self, name: str = "Ada") -> tuple[Learner, UUID]:
        learner = await self.learner(name)
        await self.roadmaps.nodes.complete_node(learner, await self.node_id("hello"))
        return learner, await self.node_id("lab")

    async def statuses(self, learner: Learner) -> dict[str, str]:
        roadmap = await self.roadmaps.catalogue.get_roadmap(learner, "tiny")
        return {node.slug: node.status.value for node in roadmap.nodes}

    async def user(self, learner: Learner) -> User:
        async with self.database.transaction() as session:
            return await session.get_one(User, learner.id)

    async def grade_all(self, worker: str = "test:1:a") -> int:
        count = 0
        while await self.submissions.worker.work_once(worker):
            count += 1
        return count

    def other_process(self, **settings: Any) -> Submissions:
        """Return the submissions of the same site as another process has them, with the same grader."""
        queue = GradingQueueSettings(**{"concurrency": 2, "poll_s": 0.05, **settings})
        return open_submissions(self.site, queue, GradingSettings(), grader=self.grader)

    def workspace(self, learner: Learner) -> Path:
        return self.workspaces / str(learner.id)

    def pass_time(self, **amount: float) -> None:
        self.clock.time += timedelta(**amount)

    async def change_lab(self, text: str) -> None:
        """Put more into the lab's spec, and sync."""
        path = self.content_dir / "tiny/roadmap.yaml"
        path.write_text(path.read_text().replace("pass_score: 0.5", f"pass_score: 0.5, {text}"))
        await self.roadmaps.sync.run()

    async def count_grades(self) -> int:
        async with self.database.transaction() as session:
            return await session.scalar(select(func.count()).select_from(Grade)) or 0

    async def count_payments(self) -> int:
        async with self.database.transaction() as session:
            query = select(func.count()).select_from(XpEntry).where(XpEntry.award_key.endswith(":completed"))
            return await session.scalar(query) or 0

    async def repair_the_test(self) -> None:
        """Change what the lab's test asserts, and sync."""
        path = self.content_dir / "tiny/labs/lab.ipynb"
        text = path.read_text()
        assert "assert" in text
        path.write_text(text.replace("assert", "assert True and", 1))
        await self.roadmaps.sync.run()


@pytest.fixture
def lowered_grades() -> LoweredGradePolicy:
    """What the school does with XP when a grade no longer passes: as a site does by itself."""
    return LoweredGradePolicy(GamifySettings().lowered_grades)


@pytest.fixture
async def school(database: Database, content_dir: Path, tmp_path: Path, lowered_grades: LoweredGradePolicy) -> School:
    clock, bus = ManualClock(START), EventBus()
    announcer = Announcer(database, SqlLeaderboard(database), Leagues(database), bus, clock)
    rules = StreakRules(StreakPolicy.ROLLING_24H, max_freezes=2)
    recorder = Recorder(database, announcer, rules, lowered_grades=lowered_grades)
    workspaces = tmp_path / "workspaces"

    async def open_workspace(learner: Learner) -> ConfinedDirectory:
        path = workspaces / str(learner.id)
        path.mkdir(parents=True, exist_ok=True)
        return ConfinedDirectory(path, max_file_bytes=1_000_000)

    content = ContentLayers((content_dir, tmp_path / "own-content"))
    roadmaps = open_roadmaps(content, database, clock, bus=bus, recorder=recorder, open_workspace=open_workspace)
    grader = ScriptedGrader()
    audit = AuditLog(database, clock)
    cohorts = Cohorts(database, audit, clock, NoBoards())
    members = ClassMembers(database, audit, clock, NoBoards())
    settings = NexusSettings(data_dir=str(tmp_path))
    site = SubmissionsContext(settings, database, clock, bus, roadmaps, open_workspace, InProcess())
    submissions = open_submissions(
        site,
        GradingQueueSettings(concurrency=2, poll_s=0.05),
        GradingSettings(),
        grader=grader,
    )
    await roadmaps.sync.run()
    knowledge = KnowledgeReader(database, clock, MasteryParameters(), roadmaps.ways)
    teaching = open_teaching(site, submissions, cohorts, audit, knowledge)
    return School(
        database,
        clock,
        bus,
        recorder,
        roadmaps,
        submissions,
        teaching,
        grader,
        content_dir,
        workspaces,
        cohorts,
        members,
        site,
    )
