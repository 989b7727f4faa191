"""Whatever is derived can be derived anew, and comes out the same."""

from sqlalchemy import delete

from nexus_server.gamify.projections import AT_ONCE, Projections
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import XpEntry
from tests.integration.gamify.conftest import World


async def _busy_week(world: World) -> User:
    ada = await world.learner()
    for day in range(5):
        await world.achieve(ada, f"node:{day}")
        world.pass_time(hours=20 if day != 2 else 30)
        await world.recorder.touch(ada.id, world.clock.now())
    return await world.user(ada.id)


async def test_live_state_is_what_the_events_say(world: World) -> None:
    ada = await _busy_week(world)
    assert await Projections(world.database).verify(ada.id) == []


async def test_rebuilding_restores_what_was_damaged(world: World) -> None:
    ada = await _busy_week(world)
    projections = Projections(world.database)
    async with world.database.transaction() as session:
        user = await session.get_one(User, ada.id)
        user.xp, user.streak_count, user.longest_streak = 7, 40, 40
        await session.execute(delete(XpEntry).where(XpEntry.user_id == ada.id))
    assert {row.what for row in await projections.verify(ada.id)} >= {"xp", "ledger", "streak_count"}
    await projections.rebuild(ada.id, now=world.clock.now())
    assert await projections.verify(ada.id) == []
    rebuilt = await world.user(ada.id)
    assert (rebuilt.xp, rebuilt.streak_count, rebuilt.last_login) == (ada.xp, ada.streak_count, ada.last_login)


async def test_many_are_rebuilt_in_groups(world: World) -> None:
    learners = [await world.learner(str(number)) for number in range(2 * AT_ONCE + 1)]
    for learner in learners[:: AT_ONCE // 2]:  # some in each group
        await world.achieve(learner, "node:a")
    projections = Projections(world.database)
    async with world.database.transaction() as session:
        await session.execute(delete(XpEntry))
    ids = await projections.learner_ids()
    before = [(count, len(found)) async for count, found in projections.verify_all(ids)]
    assert [count for count, _ in before] == [AT_ONCE, AT_ONCE, 1]
    assert sum(found for _, found in before) == len(learners[:: AT_ONCE // 2])
    done = [count async for count in projections.rebuild_all(ids, world.clock.now())]
    assert done == [2 * AT_ONCE, 1]
    assert [found async for _, found in projections.verify_all(ids)] == [[], [], []]
