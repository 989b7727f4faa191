"""Boards of parts of the site: classes, leagues, last week; and by which name somebody is on them."""

from uuid import uuid4

import pytest

from nexus_server.gamify.boards import BoardWanted
from nexus_server.gamify.errors import BoardNotFoundError, BoardsOffError, NoSuchBoardError
from nexus_server.gamify.groups import League
from nexus_server.gamify.leaderboard import Board, Leaderboard
from nexus_server.gamify.leagues import LEAGUE_PLACES, Leagues
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember, User
from tests.integration.gamify.conftest import START, World


@pytest.fixture
def leaderboard(database: Database) -> Leaderboard:
    """One kind of leaderboard: these boards are always queries."""
    return SqlLeaderboard(database)


async def _class_of(world: World, *students: Learner, shows_boards: bool = True, shows_xp: bool = True) -> Cohort:
    cohort = Cohort(name="1a", join_code=uuid4().hex[:8], shows_boards=shows_boards, shows_xp=shows_xp)
    async with world.database.transaction() as session:
        session.add(cohort)
        await session.flush()
        session.add_all(CohortMember(cohort_id=cohort.id, user_id=one.id, joined_at=START) for one in students)
    return cohort


async def test_a_class_has_a_board_that_its_members_alone_see(world: World) -> None:
    ada, bob, eve = [await world.learner(name) for name in ("Ada", "Bob", "Eve")]
    for points, learner in enumerate((ada, bob, eve), start=1):
        await world.achieve(learner, "node:a", base_points=10 * points)
    cohort = await _class_of(world, ada, bob)
    for board in Board:
        page = await world.boards.page(ada, BoardWanted(board, cohort.id), limit=10, offset=0)
        assert [(item.display_name, item.place.rank) for item in page.items] == [("Bob", 1), ("Ada", 2)]
        assert (page.total, page.name, page.percentile) == (2, "1a", 50)
    around = await world.boards.around(ada, BoardWanted(Board.WEEKLY_XP, cohort.id), span=1)
    assert [item.me for item in around.items] == [False, True]
    with pytest.raises(BoardNotFoundError):
        await world.boards.page(eve, BoardWanted(Board.WEEKLY_XP, cohort.id), limit=10, offset=0)


async def test_the_winners_of_last_week_stay_to_be_seen(world: World) -> None:
    ada, bob = await world.learner("Ada"), await world.learner("Bob")
    await world.achieve(ada, "node:a")
    world.pass_time(days=7)
    await world.achieve(bob, "node:a")
    last = await world.boards.page(bob, BoardWanted(Board.WEEKLY_XP, of_last_week=True), limit=3, offset=0)
    assert ([item.display_name for item in last.items], last.period, last.me) == (["Ada"], "2026-W47", None)


async def test_who_chose_a_pseudonym_cannot_be_found_by_it(world: World) -> None:
    ada, bob = await world.learner("Ada"), await world.learner("Bob")
    for learner in (ada, bob):
        await world.achieve(learner, "node:a")
    alias = uuid4()
    async with world.database.transaction() as session:
        user = await session.get_one(User, ada.id)
        user.leaderboard_name, user.leaderboard_alias = "Otter", alias
    for page in (
        await world.boards.page(bob, BoardWanted(Board.ALL_TIME_XP), limit=10, offset=0),
        await world.boards.around(bob, BoardWanted(Board.WEEKLY_XP), span=3),
    ):
        assert {(item.display_name, item.shown_id) for item in page.items} == {("Otter", alias), ("Bob", bob.id)}
    mine = (await world.boards.page(ada, BoardWanted(Board.WEEKLY_XP), limit=1, offset=0)).me
    assert mine is not None
    assert (mine.display_name, mine.shown_id) == ("Otter", alias)


async def test_the_percentile_says_how_many_have_at_most_as_much(world: World) -> None:
    learners = [await world.learner(str(n)) for n in range(4)]
    for learner, points in zip(learners, (40, 20, 20, 10), strict=True):
        await world.achieve(learner, "node:a", base_points=points)
    wanted = BoardWanted(Board.ALL_TIME_XP)
    pages = [await world.boards.page(learner, wanted, limit=1, offset=0) for learner in learners]
    assert [page.percentile for page in pages] == [100, 75, 75, 25]
    nobody = await world.boards.page(await world.learner("new"), wanted, limit=1, offset=0)
    assert nobody.percentile is None


async def test_a_league_takes_thirty_of_one_rank_in_one_week(world: World) -> None:
    week = "2026-W47"
    novices = [await world.learner(str(n)) for n in range(LEAGUE_PLACES + 1)]
    for learner in novices:
        await world.leagues.place(week, learner.id, 0)
    scripter = await world.learner("pro")
    await Leagues(world.database).place(week, scripter.id, 501)
    for _ in range(2):  # the place stays, whatever is earned later
        await Leagues(world.database).place(week, novices[0].id, 5000)
    found = [await world.leagues.find(week, learner.id) for learner in [*novices, scripter]]
    assert found == [*[League(week, 0, 1)] * LEAGUE_PLACES, League(week, 0, 2), League(week, 1, 1)]
    assert await world.leagues.find("2026-W48", scripter.id) is None


async def test_my_league_is_ranked_by_the_xp_of_the_week(world: World) -> None:
    pro, ada, bob = [await world.learner(name) for name in ("Pro", "Ada", "Bob")]
    wanted = BoardWanted(Board.WEEKLY_XP, in_league=True)
    assert (await world.boards.page(ada, wanted, limit=10, offset=0)).items == []
    await world.achieve(pro, "node:a", base_points=300)
    world.pass_time(days=7)
    for points, learner in enumerate((ada, bob, pro), start=1):
        await world.achieve(learner, "node:b", base_points=10 * points)
    page = await world.boards.page(ada, wanted, limit=10, offset=0)
    assert ([item.display_name for item in page.items], page.name) == (["Bob", "Ada"], "Novice 1")
    assert (await world.boards.page(pro, wanted, limit=10, offset=0)).name == "Scripter 1"


@pytest.mark.parametrize(
    "wanted", [BoardWanted(Board.ALL_TIME_XP, in_league=True), BoardWanted(Board.ALL_TIME_XP, of_last_week=True)]
)
async def test_leagues_and_last_week_know_weekly_xp_alone(world: World, wanted: BoardWanted) -> None:
    ada = await world.learner()
    with pytest.raises(NoSuchBoardError):
        await world.boards.page(ada, wanted, limit=1, offset=0)


@pytest.mark.parametrize("switch", ["shows_boards", "shows_xp"])
async def test_a_class_may_do_without_boards(world: World, switch: str) -> None:
    ada, bob = await world.learner("Ada"), await world.learner("Bob")
    for learner in (ada, bob):
        await world.achieve(learner, "node:a")
    assert (await world.boards.page(bob, BoardWanted(Board.ALL_TIME_XP), limit=10, offset=0)).total == 2
    cohort = await _class_of(world, ada, **{switch: False})
    with pytest.raises(BoardsOffError):
        await world.boards.page(ada, BoardWanted(Board.WEEKLY_XP, cohort.id), limit=10, offset=0)
    for board in Board:
        page = await world.boards.page(bob, BoardWanted(board), limit=10, offset=0)
        assert [item.display_name for item in page.items] == ["Bob"]
