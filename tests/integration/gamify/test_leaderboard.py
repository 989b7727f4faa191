from nexus_server.gamify.boards import BoardWanted
from nexus_server.gamify.leaderboard import Board
from nexus_server.store.models.accounts import User
from tests.integration.gamify.conftest import World


async def test_equal_scores_share_a_rank(world: World) -> None:
    learners = [await world.learner(name) for name in ("A", "B", "C")]
    for learner, points in zip(learners, (10, 20, 10), strict=True):
        await world.achieve(learner, "node:a", base_points=points)
    page = await world.boards.page(learners[0], BoardWanted(Board.ALL_TIME_XP), limit=10, offset=0)
    assert (page.items[0].display_name, page.items[0].place.rank, page.items[0].place.xp) == ("B", 1, 45)
    assert [item.place.rank for item in page.items] == [1, 2, 2]
    assert page.total == 3
    assert page.me is not None
    assert page.me.place.rank == 2


async def test_around_me_shows_my_neighbours(world: World) -> None:
    learners = [await world.learner(str(n)) for n in range(9)]
    for n, learner in enumerate(learners):
        await world.achieve(learner, "node:a", base_points=10 * (n + 1))
    page = await world.boards.around(learners[4], BoardWanted(Board.ALL_TIME_XP), span=1)
    assert [item.display_name for item in page.items] == ["5", "4", "3"]
    assert [item.me for item in page.items] == [False, True, False]


async def test_a_new_week_starts_empty_and_all_time_goes_on(world: World) -> None:
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    world.pass_time(days=7)
    weekly = await world.boards.page(ada, BoardWanted(Board.WEEKLY_XP), limit=10, offset=0)
    assert (weekly.items, weekly.me, weekly.period) == ([], None, "2026-W48")
    assert (await world.boards.page(ada, BoardWanted(Board.ALL_TIME_XP), limit=10, offset=0)).total == 1


async def test_who_opted_out_is_not_listed(world: World) -> None:
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    async with world.database.transaction() as session:
        (await session.get_one(User, ada.id)).leaderboard_opt_out = True
    await world.announcer.put_scores(ada.id)
    for board in Board:
        assert (await world.boards.page(ada, BoardWanted(board), limit=10, offset=0)).total == 0


async def test_a_deleted_learner_leaves_the_boards(world: World) -> None:
    ada, bob = await world.learner("Ada"), await world.learner("Bob")
    for learner in (ada, bob):
        await world.achieve(learner, "node:a")
    assert (await world.boards.page(bob, BoardWanted(Board.ALL_TIME_XP), limit=10, offset=0)).total == 2
    async with world.database.transaction() as session:
        await session.delete(await session.get_one(User, ada.id))
    await world.announcer.erase(ada.id)
    for board in Board:
        page = await world.boards.page(bob, BoardWanted(board), limit=10, offset=0)
        assert [item.display_name for item in page.items] == ["Bob"]
        assert page.total == 1
