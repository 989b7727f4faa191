"""The forum on real databases, with a clock that the test moves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from nexus_server.clock import ManualClock
from nexus_server.errors import RateLimitedError
from nexus_server.events.bus import EventBus
from nexus_server.forum.build import Forum as ForumParts
from nexus_server.forum.build import open_forum
from nexus_server.forum.moderation import ForumModerator
from nexus_server.forum.reading import ForumReader
from nexus_server.forum.settings import ForumSettings
from nexus_server.forum.writing import ForumWriter
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.leagues import Leagues
from nexus_server.gamify.recorder import Recorder, StreakRules
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.learner import Learner, Role
from nexus_server.standing.streaks import StreakPolicy
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User


class Counter:
    """A limiter that lets so many posts through."""

    def __init__(self, left: int) -> None:
        self.left = left

    async def hit(self, name: str, *per: UUID | str) -> None:  # noqa: ARG002  one counter for everybody
        self.left -= 1
        if self.left < 0:
            raise RateLimitedError(limit=name)


class Gate:
    """Knows one solution, of any lab that it is told of."""

    def __init__(self) -> None:
        self.solutions: dict[str, UUID] = {}

    async def find_spoiled(self, author_id: UUID, text: str, node_id: UUID | None) -> UUID | None:  # noqa: ARG002
        return next((lab for code, lab in self.solutions.items() if code in text), None)


class Mails:
    """Keeps what is sent: to whom, the text, and what unsubscribes."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    async def post(self, to: str, subject: str, text: str, *, unsubscribe_url: str = "") -> None:  # noqa: ARG002
        self.sent.append((to, text, unsubscribe_url))


@dataclass
class Forum:
    database: Database
    clock: ManualClock
    reader: ForumReader
    writer: ForumWriter
    limiter: Counter
    moderator: ForumModerator
    parts: ForumParts
    gate: Gate
    mails: Mails

    async def person(self, name: str, role: Role = Role.STUDENT, *, days: int = 0, xp: int = 0) -> Learner:
        user = User(
            email=f"{uuid4()}@example.org",
            display_name=name,
            role=role.value,
            xp=xp,
            created_at=self.clock.time - timedelta(days=days),
        )
        async with self.database.transaction() as session:
            session.add(user)
        return Learner(user.id, user.email, name, role)

    async def ask(self, who: Learner, title: str = "Why does my loop never end?", body: str = "It **hangs**.") -> UUID:
        self.clock.time += timedelta(minutes=1)
        return await self.writer.open_thread(who, title=title, body_md=body, node_id=None)

    async def answer(self, who: Learner, thread: UUID, body: str = "Count *down*.") -> UUID:
        self.clock.time += timedelta(minutes=1)
        return await self.writer.answer(who, thread, body)


@pytest.fixture
def forum(database: Database) -> Forum:
    clock = ManualClock(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    announcer = Announcer(database, SqlLeaderboard(database), Leagues(database), EventBus(), clock)
    recorder = Recorder(database, announcer, StreakRules(StreakPolicy.ROLLING_24H, max_freezes=2))
    limiter, gate = Counter(100), Gate()
    mails = Mails()
    parts = open_forum(
        ForumSettings(),
        database,
        clock,
        recorder,
        limiter,
        mailer=mails,
        public_url="https://school.example/",
        spoilers=gate,
    )
    return Forum(database, clock, parts.reader, parts.writer, limiter, parts.moderator, parts, gate, mails)
