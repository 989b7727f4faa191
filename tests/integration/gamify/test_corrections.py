"""A payment is never edited: what a lowered grade takes back, and a raised one pays again, are rows of their own."""

import pytest
from sqlalchemy import select

from nexus_server.gamify.corrections import LoweredGradePolicy
from nexus_server.gamify.history import read_history
from nexus_server.gamify.leaderboard import Board, Leaderboard
from nexus_server.gamify.projections import Projections
from nexus_server.gamify.recorder import Recorder, StreakRules
from nexus_server.gamify.rules import RULE_VERSION
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.learner import Learner
from nexus_server.learning import Achievement, Difficulty, EventKind, Recorded
from nexus_server.standing.streaks import StreakPolicy
from nexus_server.store.database import Database
from nexus_server.store.models.gamify import XpEntry
from tests.integration.gamify.conftest import World


@pytest.fixture
def leaderboard(database: Database) -> Leaderboard:
    """One kind of leaderboard: the ledger knows none."""
    return SqlLeaderboard(database)


def reversing(world: World) -> Recorder:
    rules = StreakRules(StreakPolicy.ROLLING_24H, max_freezes=2)
    return Recorder(world.database, world.announcer, rules, lowered_grades=LoweredGradePolicy.REVERSE)


async def take_back(world: World, learner: Learner, key: str) -> Recorded:
    lost = Achievement(
        learner.id, EventKind.NODE_COMPLETED, key, world.clock.now(), None, 0.0, Difficulty.INTERMEDIATE, 10
    )
    async with world.database.transaction() as session:
        recorded = await world.recorder.take_back(session, lost)
    await world.recorder.announce(recorded)
    return recorded


async def ledger(world: World, learner: Learner) -> list[tuple[str, int, str, str, int]]:
    query = select(XpEntry).where(XpEntry.user_id == learner.id).order_by(XpEntry.event_seq, XpEntry.award_key)
    async with world.database.reading() as session:
        rows = await session.scalars(query)
        return [(row.award_key, row.amount, row.reason, row.iso_week, row.rule_version) for row in rows]


async def test_by_default_a_lowered_grade_takes_nothing_away(world: World) -> None:
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    before = await ledger(world, ada)
    assert (await take_back(world, ada, "node:a")).xp_awarded == 0
    assert await ledger(world, ada) == before


async def test_a_reversal_and_what_pays_again_are_rows_of_their_own(world: World) -> None:
    world.recorder = reversing(world)
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    paid = await ledger(world, ada)
    world.pass_time(days=7)  # what is corrected counts in the week of the payment
    amounts = [
        (await take_back(world, ada, "node:a")).xp_awarded,
        (await take_back(world, ada, "node:a")).xp_awarded,
        (await world.achieve(ada, "node:a")).xp_awarded,
        (await world.achieve(ada, "node:a")).xp_awarded,
    ]
    assert amounts == [-20, 0, 20, 0]
    rows = await ledger(world, ada)
    assert rows == [
        *paid,
        ("node:a:corrected:1", -20, "reversal", "2026-W47", RULE_VERSION),
        ("node:a:corrected:2", 20, "difference", "2026-W47", RULE_VERSION),
    ]
    assert (await world.user(ada.id)).xp == 25
    assert await Projections(world.database).verify(ada.id) == []


async def test_what_never_paid_is_not_taken_back(world: World) -> None:
    world.recorder = reversing(world)
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    assert (await take_back(world, ada, "node:b")).xp_awarded == 0


async def test_one_loses_the_place_but_no_badge_and_hears_nothing(world: World) -> None:
    world.recorder = reversing(world)
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    badges = [view.slug for view in await world.gamify.badges(ada.id) if view.earned_at]
    with world.bus.subscribe(ada.id) as messages:
        await take_back(world, ada, "node:a")
        heard = [messages.get_nowait()["type"] for _ in range(messages.qsize())]
    assert heard == ["leaderboard.changed"]
    (place,) = await SqlLeaderboard(world.database).page(Board.WEEKLY_XP, "2026-W47", limit=5, offset=0)
    assert place.xp == 5
    assert badges
    assert [view.slug for view in await world.gamify.badges(ada.id) if view.earned_at] == badges


async def test_the_history_shows_the_achievement_with_what_it_is_worth(world: World) -> None:
    world.recorder = reversing(world)
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    await take_back(world, ada, "node:a")
    async with world.database.reading() as session:
        history = await read_history(session, ada.id)
    assert {fact.kind: fact.xp for fact in history.facts} == {"daily_activity": 0, "node_completed": 5}
    assert history.xp == 5
