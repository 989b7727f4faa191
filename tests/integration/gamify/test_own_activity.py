"""What learners see of their own days, and the goals that they set for themselves."""

from datetime import date

import pytest

from nexus_server.gamify.errors import GoalOutOfRangeError
from nexus_server.gamify.leaderboard import Leaderboard
from nexus_server.gamify.own_activity import ActiveDay, GoalKind, GoalProgress, OwnActivity
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from tests.integration.gamify.conftest import World


@pytest.fixture
def leaderboard(database: Database) -> Leaderboard:
    """One kind of leaderboard: what learners did knows none."""
    return SqlLeaderboard(database)


async def test_days_are_the_learners_own_and_add_up_to_their_xp(world: World) -> None:
    ada = await world.learner()
    async with world.database.transaction() as session:
        (await session.get_one(User, ada.id)).timezone = "Pacific/Auckland"  # where Wednesday noon is Thursday
    await world.achieve(ada, "node:a")
    world.pass_time(days=14)
    await world.recorder.touch(ada.id, world.clock.now())
    world.pass_time(hours=23.5)
    for key in ("node:b", "node:c"):
        await world.achieve(ada, key)
    own = OwnActivity(world.database, world.clock)
    whole = await own.read(ada, weeks=3)
    assert (whole.since, whole.until, whole.xp_before) == (date(2026, 11, 16), date(2026, 12, 4), 0)
    assert whole.days == [
        ActiveDay(date(2026, 11, 19), 1, 25),
        ActiveDay(date(2026, 12, 3), 0, 0),  # was there, and only read
        ActiveDay(date(2026, 12, 4), 2, 50),
    ]
    recent = await own.read(ada, weeks=1)
    assert (recent.since, recent.xp_before) == (date(2026, 11, 30), 25)
    assert recent.xp_before + sum(day.xp for day in recent.days) == (await world.user(ada.id)).xp


async def test_a_goal_counts_the_present_week(world: World) -> None:
    ada = await world.learner()
    own = OwnActivity(world.database, world.clock)
    assert (await own.read(ada, weeks=1)).goal is None
    await world.achieve(ada, "node:a")
    world.pass_time(days=6)
    for key in ("node:b", "node:c"):
        await world.achieve(ada, key)
    for kind, done in ((GoalKind.DAYS, 1), (GoalKind.STEPS, 2), (GoalKind.XP, 45)):
        await own.set_goal(ada, kind, 7)
        assert (await own.read(ada, weeks=26)).goal == GoalProgress(kind, 7, done)
    for _ in range(2):
        await own.drop_goal(ada)
    assert (await own.read(ada, weeks=1)).goal is None


@pytest.mark.parametrize(("kind", "target"), [(GoalKind.DAYS, 0), (GoalKind.DAYS, 8), (GoalKind.XP, 10**12)])
async def test_a_goal_that_no_week_holds_is_refused(world: World, kind: GoalKind, target: int) -> None:
    ada = await world.learner()
    with pytest.raises(GoalOutOfRangeError):
        await OwnActivity(world.database, world.clock).set_goal(ada, kind, target)
