"""Making up for an outage, on both databases: who lost a streak to it has it back, and nothing was edited."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select

from nexus_server.accounts.audit import AuditLog
from nexus_server.errors import ForbiddenError
from nexus_server.gamify.projections import Projections
from nexus_server.gamify.recorder import Recorder, StreakRules
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.gamify.streak_repairs import BadOutageError, StreakRepairs
from nexus_server.learner import Learner, Role
from nexus_server.standing.streaks import Outage, StreakPolicy
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import AuditEntry, User
from nexus_server.store.models.gamify import LearningEvent
from tests.integration.gamify.conftest import START, World

DAY = timedelta(days=1)
#: the site is down for two days, from the evening of the first day
OUTAGE = Outage(START + timedelta(hours=8), START + timedelta(hours=56))


@pytest.fixture
def leaderboard(database: Database) -> SqlLeaderboard:
    """One kind of leaderboard: repairs give no XP."""
    return SqlLeaderboard(database)


@pytest.fixture(params=list(StreakPolicy))
def policy(request: pytest.FixtureRequest) -> StreakPolicy:
    found: StreakPolicy = request.param
    return found


def parts(world: World, policy: StreakPolicy) -> tuple[Recorder, StreakRepairs]:
    rules = StreakRules(policy, max_freezes=0)
    audit = AuditLog(world.database, world.clock)
    recorder = Recorder(world.database, world.announcer, rules)
    return recorder, StreakRepairs(world.database, world.announcer, rules, audit, world.clock)


async def learner(world: World, name: str) -> Learner:
    found = await world.learner(name)
    async with world.database.transaction() as session:
        (await session.get_one(User, found.id)).created_at = START - 30 * DAY
    return found


async def streak(world: World, who: Learner) -> tuple[int, int]:
    user = await world.user(who.id)
    return user.streak_count, user.longest_streak


async def events(world: World) -> int:
    async with world.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(LearningEvent)) or 0


async def test_a_streak_that_an_outage_ended_is_restored_once(world: World, policy: StreakPolicy) -> None:
    recorder, repairs = parts(world, policy)
    ada, bob, eve = [await learner(world, name) for name in ("Ada", "Bob", "Eve")]
    for day in range(3):
        await recorder.touch(ada.id, START - (2 - day) * DAY)
        await recorder.touch(bob.id, START - (2 - day) * DAY)
    await recorder.touch(eve.id, START - 9 * DAY)  # away long before
    back = OUTAGE.end + timedelta(hours=4)
    world.clock.time = back
    await recorder.touch(ada.id, back)
    await recorder.touch(eve.id, back)
    assert await streak(world, ada) == (1, 3)

    before = await events(world)
    rehearsal = await repairs.repair(None, OUTAGE, is_rehearsal=True)
    assert [(one.display_name, one.before, one.after) for one in rehearsal.restored] == [("Ada", 1, 4)]
    assert rehearsal.held == 1, "Bob is not back yet"
    assert (await events(world), await streak(world, ada)) == (before, (1, 3)), "a rehearsal writes nothing"

    assert await repairs.repair(None, OUTAGE, is_rehearsal=False) == rehearsal
    assert await events(world) == before + 2
    assert await streak(world, ada) == (4, 4)
    assert await streak(world, eve) == (1, 1)
    again = await repairs.repair(None, OUTAGE, is_rehearsal=False)
    assert (again.restored, again.held) == ([], 0)

    await recorder.touch(bob.id, back + timedelta(hours=2))
    assert await streak(world, bob) == (4, 4), "the outage is no time that Bob was away"
    assert await Projections(world.database).verify(ada.id, bob.id, eve.id) == []
    async with world.database.reading() as session:
        entries = list(await session.scalars(select(AuditEntry).where(AuditEntry.action == "streaks.repair")))
    assert [(entry.data["restored"], entry.data["held"]) for entry in entries] == [(1, 1)]


async def test_the_outages_time_is_all_that_is_given(world: World, policy: StreakPolicy) -> None:
    recorder, repairs = parts(world, policy)
    ada = await learner(world, "Ada")
    await recorder.touch(ada.id, START)
    world.clock.time = OUTAGE.end
    assert (await repairs.repair(None, OUTAGE, is_rehearsal=False)).held == 1
    await recorder.touch(ada.id, OUTAGE.end + 3 * DAY)
    assert await streak(world, ada) == (1, 1)
    assert await Projections(world.database).verify(ada.id) == []


async def test_an_outage_is_over_and_not_too_long(world: World) -> None:
    world.clock.time = START + 30 * DAY
    _, repairs = parts(world, StreakPolicy.ROLLING_24H)
    for begin, end in (
        (OUTAGE.end, OUTAGE.begin),
        (OUTAGE.begin, OUTAGE.begin),
        (START, START + 400 * DAY),
        (START - 40 * DAY, START),
        # the first day of all, which does not begin in UTC any more
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), datetime(1, 1, 2, tzinfo=UTC)),
    ):
        with pytest.raises(BadOutageError):
            await repairs.repair(None, Outage(begin, end), is_rehearsal=True)


async def test_only_administrators_make_up_for_it(world: World) -> None:
    _, repairs = parts(world, StreakPolicy.ROLLING_24H)
    ada = await world.learner()
    for role in (Role.STUDENT, Role.INSTRUCTOR):
        with pytest.raises(ForbiddenError):
            await repairs.repair(replace(ada, role=role), OUTAGE, is_rehearsal=True)
