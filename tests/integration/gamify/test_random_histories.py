"""Whatever learners do, on whichever server, and whatever dies: the ledger is what a small reference model says."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from nexus_server.clock import ManualClock
from nexus_server.events.bus import EventBus
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.corrections import LoweredGradePolicy
from nexus_server.gamify.leagues import Leagues
from nexus_server.gamify.projections import Projections
from nexus_server.gamify.recorder import Recorder, StreakRules
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.learning import Achievement, Difficulty, EventKind, Recorded
from nexus_server.standing.streaks import StreakPolicy
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from tests.integration.gamify.conftest import START

KEYS = st.sampled_from("abc")
SERVERS = st.sampled_from([0, 1])
WORTH = 20


class ProcessDiedError(Exception):
    """The server died before it committed."""


class Server:
    """A process of the site: its own way to the database, and its own clock."""

    def __init__(self, url: str) -> None:
        self.database, self.clock = Database(url), ManualClock(START)
        announcer = Announcer(
            self.database, SqlLeaderboard(self.database), Leagues(self.database), EventBus(), self.clock
        )
        rules = StreakRules(StreakPolicy.ROLLING_24H, max_freezes=2)
        self.recorder = Recorder(self.database, announcer, rules, lowered_grades=LoweredGradePolicy.REVERSE)

    async def achieve(self, user_id: UUID, key: str, *, dies: bool = False) -> Recorded:
        async with self.database.transaction() as session:
            recorded = await self.recorder.record(session, self._achievement(user_id, key))
            if dies:
                raise ProcessDiedError
        return recorded

    async def take_back(self, user_id: UUID, key: str) -> None:
        async with self.database.transaction() as session:
            recorded = await self.recorder.take_back(session, self._achievement(user_id, key))
        await self.recorder.announce(recorded)

    def _achievement(self, user_id: UUID, key: str) -> Achievement:
        return Achievement(
            user_id,
            EventKind.NODE_COMPLETED,
            key,
            self.clock.now(),
            difficulty=Difficulty.INTERMEDIATE,
            base_points=WORTH // 2,
        )


class Reference:
    """The rules in a few lines: XP of each key once while it is earned, and a bonus per day of the rolling streak."""

    def __init__(self) -> None:
        self.worth: dict[str, int] = {}
        self.streak, self.longest = 0, 0
        self.seen: datetime | None = None
        self.grew: Any = None

    def achieve(self, key: str, at: datetime) -> None:
        self._be_there(at)
        if key not in self.worth:
            self.worth.setdefault(f"streak:{self.grew}", 5 * min(7, self.streak))
        self.worth[key] = WORTH

    def take_back(self, key: str) -> None:
        if key in self.worth:
            self.worth[key] = 0

    def _be_there(self, at: datetime) -> None:
        if self.seen is not None and at <= self.seen:
            return
        is_kept = self.seen is not None and at - self.seen <= timedelta(hours=24)
        if not is_kept or at.date() > self.grew:
            self.streak, self.grew = self.streak + 1 if is_kept else 1, at.date()
        self.longest, self.seen = max(self.longest, self.streak), at


class Site(RuleBasedStateMachine):
    """Two servers on one database, and one learner."""

    url: ClassVar[str]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.servers = [Server(self.url), Server(self.url)]
        self.reference = Reference()

    @initialize()
    def somebody_registers(self) -> None:
        user = User(email=f"{uuid4()}@example.org", display_name="Ada")
        self.runner.run(self._add(user))
        self.user_id = user.id

    @rule(hours=st.sampled_from([1, 11, 20, 24, 25, 60]))
    def time_passes(self, hours: int) -> None:
        for server in self.servers:
            server.clock.time += timedelta(hours=hours)

    @rule(minutes=st.sampled_from([-90, -1, 1, 90]))
    def a_clock_is_set(self, minutes: int) -> None:
        self.servers[1].clock.time = self.servers[0].clock.time + timedelta(minutes=minutes)

    @rule(key=KEYS, which=SERVERS, is_told=st.booleans())
    def the_learner_achieves(self, key: str, which: int, is_told: bool) -> None:  # noqa: FBT001  hypothesis gives names
        server = self.servers[which]
        recorded = self.runner.run(server.achieve(self.user_id, key))
        if is_told:
            self.runner.run(server.recorder.announce(recorded))
        self.reference.achieve(key, server.clock.now())

    @rule(key=KEYS, which=SERVERS)
    def a_server_dies_before_the_commit(self, key: str, which: int) -> None:
        try:
            self.runner.run(self.servers[which].achieve(self.user_id, key, dies=True))
        except ProcessDiedError:
            return
        raise AssertionError("it went on")

    @rule(key=KEYS)
    def both_servers_hear_of_it_at_once(self, key: str) -> None:
        first, second = self.servers
        second.clock.time = first.clock.time  # who comes first is not said: with one time it does not matter
        self.runner.run(self._at_once(key))
        self.reference.achieve(key, first.clock.now())

    @rule(key=KEYS, which=SERVERS)
    def a_grade_is_lowered(self, key: str, which: int) -> None:
        self.runner.run(self.servers[which].take_back(self.user_id, key))
        self.reference.take_back(key)

    @rule(which=SERVERS)
    def what_was_not_told_is_made_up_for(self, which: int) -> None:
        self.runner.run(self.servers[which].recorder.catch_up(self.user_id))

    @rule()
    def an_operator_rebuilds(self) -> None:
        server = self.servers[0]
        self.runner.run(Projections(server.database).rebuild(self.user_id, now=server.clock.now()))

    @invariant()
    def the_ledger_is_what_the_reference_says(self) -> None:
        user, differences = self.runner.run(self._look())
        expected = (sum(self.reference.worth.values()), self.reference.streak, self.reference.longest)
        assert (user.xp, user.streak_count, user.longest_streak) == expected
        assert differences == []

    def teardown(self) -> None:
        for server in self.servers:
            self.runner.run(server.database.close())

    async def _add(self, user: User) -> None:
        async with self.servers[0].database.transaction() as session:
            session.add(user)

    async def _at_once(self, key: str) -> None:
        recorded = await asyncio.gather(*(server.achieve(self.user_id, key) for server in self.servers))
        for server, one in zip(self.servers, recorded, strict=True):
            await server.recorder.announce(one)

    async def _look(self) -> tuple[User, object]:
        database = self.servers[0].database
        async with database.reading() as session:
            user = await session.get_one(User, self.user_id)
        return user, await Projections(database).verify(self.user_id)


def test_random_histories_pay_what_the_reference_pays(database_url: str) -> None:
    with asyncio.Runner() as runner:
        site = type("SiteOfThisTest", (Site,), {"url": database_url, "runner": runner})
        run_state_machine_as_test(site, settings=settings(max_examples=12, stateful_step_count=12))
