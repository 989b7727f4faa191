import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import uuid4

import pytest
from traitlets.config import Config

from nexus_server.accounts.build import Accounts, Around, open_accounts
from nexus_server.accounts.listing import BoardKeeper
from nexus_server.accounts.login_guard import Visitor
from nexus_server.accounts.rate_limits import RateLimits, RateLimitSettings
from nexus_server.accounts.service import NewUser
from nexus_server.accounts.sessions import IssuedTokens
from nexus_server.clock import ManualClock
from nexus_server.events.bus import EventBus
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.leagues import Leagues
from nexus_server.gamify.recorder import Recorder, StreakRules
from nexus_server.gamify.redis_leaderboard import RedisLeaderboard
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.learner import Learner, Role
from nexus_server.settings import NexusSettings
from nexus_server.standing.streaks import StreakPolicy
from nexus_server.store.database import Database
from nexus_server.store.redis import RedisStore
from nexus_server.store.sorted_sets import SortedSets

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
PASSWORD = "correct-horse-42-battery"
HOME = Visitor("192.0.2.1")

#: cheap hashes: what they cost is measured by `make bench-api`
CONFIG = Config({"AccountSettings": {"argon2_memory_kib": 64, "argon2_time_cost": 1, "session_cache_s": 0.0}})


@dataclass
class People:
    """The accounts of a site on a real database, with a clock that the test moves."""

    database: Database
    clock: ManualClock
    accounts: Accounts
    outbox: Path
    boards: BoardKeeper

    async def register(self, role: Role = Role.STUDENT, name: str = "Ada Lovelace", email: str = "") -> Learner:
        email = email or f"{uuid4().hex}@example.org"
        return await self.accounts.service.register(NewUser(email, PASSWORD, name, role=role))

    async def log_in(self, learner: Learner, password: str = PASSWORD) -> IssuedTokens:
        return (await self.accounts.service.log_in(learner.email, password, HOME)).issued

    async def is_in(self, issued: IssuedTokens) -> bool:
        return await self.accounts.sessions.find_credential(issued.access_token) is not None

    def subjects(self) -> list[str]:
        """Return the subjects of all mails so far."""
        mails = [message_from_bytes(path.read_bytes(), policy=default) for path in self.outbox.glob("*.eml")]
        return [str(mail["Subject"]) for mail in mails]

    async def mailed_tokens(self) -> list[str]:
        """Return the tokens of all mails so far, once everything under way is written."""
        await self.accounts.recovery.stop()
        mails = [message_from_bytes(path.read_bytes(), policy=default) for path in sorted(self.outbox.glob("*.eml"))]
        texts = [mail.get_content() for mail in mails]
        return [match for text in texts for match in re.findall(r"#token=([\w-]+)", text)]

    def pass_time(self, **amount: float) -> None:
        self.clock.time += timedelta(**amount)


def open_people(database: Database, data_dir: Path, config: Config, redis: RedisStore | None = None) -> People:
    clock = ManualClock(START)
    sql = SqlLeaderboard(database)
    leaderboard = RedisLeaderboard(SortedSets(redis), sql) if redis else sql
    boards = Announcer(database, leaderboard, Leagues(database), EventBus(), clock)
    recorder = Recorder(database, boards, StreakRules(StreakPolicy.ROLLING_24H, max_freezes=2))
    site = NexusSettings(data_dir=str(data_dir), public_url="https://nexus.example")
    limits = RateLimits(RateLimitSettings(config=config), redis)
    accounts = open_accounts(config, site, Around(database, clock, redis, limits, recorder, boards))
    return People(database, clock, accounts, data_dir / "mail" / "outbox", boards)


@pytest.fixture
async def people(database: Database, tmp_path: Path) -> AsyncIterator[People]:
    people = open_people(database, tmp_path, CONFIG)
    yield people
    await people.accounts.stop()
