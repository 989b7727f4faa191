"""The spine: what is achieved once pays once, whoever asks how often."""

import asyncio

import pytest

from nexus_server.gamify.history import read_history
from nexus_server.gamify.projections import Projections
from nexus_server.gamify.recorder import Recorder, StreakRules
from nexus_server.learner import Learner
from nexus_server.learning import EventKind
from nexus_server.standing.streaks import StreakPolicy
from nexus_server.store.models.accounts import User
from tests.integration.gamify.conftest import START, World


async def test_an_achievement_pays_by_the_formula(world: World) -> None:
    ada = await world.learner()
    recorded = await world.achieve(ada, "node:a")
    assert recorded.is_new
    assert recorded.xp_awarded == 2 * 10 + 5 * 1
    assert (await world.user(ada.id)).xp == 25


async def test_the_same_achievement_pays_once(world: World) -> None:
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    again = await world.achieve(ada, "node:a")
    assert not again.is_new
    assert again.xp_awarded == 0
    assert (await world.user(ada.id)).xp == 25


async def test_the_streak_bonus_is_paid_once_per_day(world: World) -> None:
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    assert (await world.achieve(ada, "node:b")).xp_awarded == 20
    world.pass_time(hours=20)
    assert (await world.achieve(ada, "node:c")).xp_awarded == 20 + 5 * 2


async def test_a_day_without_activity_resets_the_streak(world: World) -> None:
    ada = await world.learner()
    await world.recorder.touch(ada.id, world.clock.now())
    world.pass_time(hours=20)
    await world.recorder.touch(ada.id, world.clock.now())
    assert (await world.user(ada.id)).streak_count == 2
    world.pass_time(hours=24, seconds=1)
    await world.recorder.touch(ada.id, world.clock.now())
    user = await world.user(ada.id)
    assert (user.streak_count, user.longest_streak) == (1, 2)


async def test_racing_for_the_same_award_pays_once(world: World) -> None:
    ada = await world.learner()
    recorded = await asyncio.gather(*(world.achieve(ada, "node:a", announce=False) for _ in range(8)))
    assert sum(one.is_new for one in recorded) == 1
    assert (await world.user(ada.id)).xp == 25


async def test_open_tabs_hear_of_xp_rank_and_badges(world: World) -> None:
    ada = await world.learner()
    with world.bus.subscribe(ada.id) as queue:
        await world.achieve(ada, "node:a", base_points=300)
        heard = [queue.get_nowait() for _ in range(queue.qsize())]
    kinds = {str(message["type"]) for message in heard}
    assert {"xp.awarded", "rank.up", "badge.earned", "leaderboard.changed"} <= kinds
    assert {message["slug"] for message in heard if message["type"] == "badge.earned"} == {"first-step", "scripter"}


async def test_the_ledger_lists_what_was_paid(world: World) -> None:
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    whole = await world.gamify.ledger(ada, limit=10)
    assert sorted((row.reason, row.amount) for row in whole.items) == [("node_completed", 20), ("streak", 5)]
    assert whole.next is None
    # both were paid in the same moment, and are on one page each
    first = await world.gamify.ledger(ada, limit=1)
    second = await world.gamify.ledger(ada, limit=1, after=first.next)
    assert [*first.items, *second.items] == whole.items
    assert second.next is None


@pytest.mark.parametrize(("is_free", "count"), [(True, 2), (False, 1)])
async def test_weekends_may_be_free(world: World, is_free: bool, count: int) -> None:  # noqa: FBT001
    rules = StreakRules(StreakPolicy.CALENDAR_DAY, max_freezes=0, free_weekends=is_free)
    recorder = Recorder(world.database, world.announcer, rules)
    ada = await world.learner()
    world.pass_time(days=2)  # to a Friday
    for _ in ("Friday", "Monday"):
        await recorder.touch(ada.id, world.clock.now())
        world.pass_time(days=3)
    assert (await world.user(ada.id)).streak_count == count
    assert await Projections(world.database).verify(ada.id) == []


async def test_flying_over_the_date_line_ends_no_streak(world: World) -> None:
    rules = StreakRules(StreakPolicy.CALENDAR_DAY, max_freezes=0)
    recorder = Recorder(world.database, world.announcer, rules)
    ada = await world.learner()
    # the evening of the 18th in Honolulu; 25 hours later it is the evening of the 20th in Auckland
    for timezone, hours in (("Pacific/Honolulu", 18), ("Pacific/Auckland", 25)):
        world.pass_time(hours=hours)
        async with world.database.transaction() as session:
            (await session.get_one(User, ada.id)).timezone = timezone
        await recorder.touch(ada.id, world.clock.now())
    assert (await world.user(ada.id)).streak_count == 2
    assert await Projections(world.database).verify(ada.id) == []


async def move(world: World, learner: Learner, timezone: str) -> None:
    async with world.database.transaction() as session:
        (await session.get_one(User, learner.id)).timezone = timezone


async def test_no_clock_set_back_or_ahead_pays_a_days_bonus_again(world: World) -> None:
    ada = await world.learner()
    world.pass_time(hours=17)  # early in the morning: yesterday in Pago Pago
    for hour in range(0, 72, 4):
        for timezone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
            await move(world, ada, timezone)
            await world.achieve(ada, f"node:{hour}:{timezone}", announce=False)
        world.pass_time(hours=4)
    rows = (await world.gamify.ledger(ada, limit=1000)).items
    days = (await world.user(ada.id)).streak_count
    assert days == 4, "the days that there were, from the 19th to the 22nd"
    assert sum(row.reason == "streak" for row in rows) == days
    assert await Projections(world.database).verify(ada.id) == []


async def test_an_hour_of_the_night_is_not_made_by_another_time_zone_later(world: World) -> None:
    ada = await world.learner()
    await world.achieve(ada, "node:at-noon")
    await move(world, ada, "Pacific/Auckland")
    async with world.database.reading() as session:
        facts = (await read_history(session, ada.id)).facts
    assert {fact.hour for fact in facts if fact.kind == EventKind.NODE_COMPLETED} == {START.hour}


async def test_over_the_date_line_no_streak_ends_and_the_events_say_the_same(world: World) -> None:
    """The clocks of Kiritimati and Pago Pago are 25 hours apart: more than a day later it is the day before."""
    ada = await world.learner()
    await _live_in(world, ada, "Pacific/Kiritimati")
    for _ in range(2):
        await world.recorder.touch(ada.id, world.clock.now())
        world.pass_time(hours=24)
    world.pass_time(hours=-1, minutes=-50)  # ten minutes past midnight on the third day
    await world.achieve(ada, "node:a")
    before = await world.user(ada.id)
    await _live_in(world, ada, "Pacific/Pago_Pago")
    world.pass_time(hours=24, minutes=30)  # late on the second day
    await world.achieve(ada, "node:b")
    after = await world.user(ada.id)
    assert (before.streak_count, after.streak_count, after.streak_day) == (3, 3, before.streak_day)
    assert await Projections(world.database).verify(ada.id) == []


async def _live_in(world: World, learner: Learner, timezone: str) -> None:
    async with world.database.transaction() as session:
        (await session.get_one(User, learner.id)).timezone = timezone
