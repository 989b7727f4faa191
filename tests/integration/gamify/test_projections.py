"""Whatever is derived can be derived anew, and comes out the same."""

from sqlalchemy import delete

from nexus_server.gamify.projections import Projections
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
