"""Badges on a real database: given once, given late, tried out, and progress that everybody can read."""

from datetime import date

import pytest
from sqlalchemy import select

from nexus_server.gamify.badge_awards import store_catalogue, withdraw_badges
from nexus_server.gamify.badge_icons import Colour, Glyph, draw_badge
from nexus_server.gamify.badge_review import BadgeReview
from nexus_server.gamify.badges import BadgeSpec
from nexus_server.gamify.criteria.parsing import parse_criteria
from nexus_server.gamify.history import read_history
from nexus_server.gamify.leaderboard import Leaderboard
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification, User
from nexus_server.store.models.gamify import Badge
from tests.integration.gamify.conftest import World

TWO_DAYS = {"version": 1, "distinct": "day", "where": {"kind": "node_completed"}, "at_least": 2}
WEEKENDER = BadgeSpec("weekender", "Weekender", draw_badge(Glyph.SPROUT, Colour.TEAL), TWO_DAYS)


@pytest.fixture
def leaderboard(database: Database) -> Leaderboard:
    """One kind of leaderboard: badges know none."""
    return SqlLeaderboard(database)


async def _names(world: World, learner: Learner) -> set[str]:
    return {view.slug for view in await world.gamify.badges(learner.id) if view.earned_at is not None}


async def test_history_is_what_was_done_in_the_learners_own_days(world: World) -> None:
    ada = await world.learner()
    async with world.database.transaction() as session:
        (await session.get_one(User, ada.id)).timezone = "Pacific/Auckland"
    await world.achieve(ada, "node:a")
    async with world.database.transaction() as session:  # days and hours stay what they were, wherever the learner goes
        (await session.get_one(User, ada.id)).timezone = "America/Los_Angeles"
        history = await read_history(session, ada.id)
    day, node = history.facts
    assert (day.kind, day.day, day.xp) == ("daily_activity", date(2026, 11, 19), 0)
    assert (node.kind, node.day, node.xp, node.base_points) == ("node_completed", date(2026, 11, 19), 25, 10)
    assert (node.difficulty, node.hour) == ("intermediate", 1)
    assert (history.xp, history.streak) == (25, 1)


async def test_a_new_badge_is_given_late_for_what_was_done_before(world: World) -> None:
    ada, bob = await world.learner("Ada"), await world.learner("Bob")
    for learner in (ada, bob):
        await world.achieve(learner, "node:a")
    world.pass_time(hours=20)
    await world.achieve(ada, "node:b")
    async with world.database.transaction() as session:
        await store_catalogue(session, [WEEKENDER], "tiny")
    review = BadgeReview(world.database, world.announcer)
    criterion = await review.criterion("weekender")
    assert [(one.display_name, one.has_it) async for one in review.candidates(criterion, "weekender")] == [
        ("Ada", False)
    ]
    assert "weekender" not in await _names(world, ada)  # trying gives nothing
    for _ in range(2):
        given = [await review.award(user_id) for user_id in await review.learner_ids()]
    assert given == [[], []]
    assert "weekender" in await _names(world, ada)
    assert "weekender" not in await _names(world, bob)
    assert [one.has_it async for one in review.candidates(criterion, "weekender")] == [True]
    async with world.database.reading() as session:
        bells = list(await session.scalars(select(Notification).where(Notification.user_id == ada.id)))
    assert [bell.payload["slug"] for bell in bells].count("weekender") == 1


async def test_criteria_that_no_badge_has_can_be_tried(world: World) -> None:
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    review = BadgeReview(world.database, world.announcer)
    criterion = parse_criteria({"version": 1, "sum": "xp", "where": {"difficulty": "intermediate"}, "at_least": 20})
    assert [one.email async for one in review.candidates(criterion)] == [ada.email]


async def test_progress_is_shown_in_numbers_and_words(world: World) -> None:
    ada = await world.learner()
    await world.achieve(ada, "node:a")
    views = {view.slug: view for view in await world.gamify.badges(ada.id)}
    explorer, architect = views["explorer"], views["architect"]
    assert (explorer.progress, explorer.goal, explorer.criteria) == (1, 10, "Complete 10 steps of any roadmap")
    assert (architect.progress, architect.goal, architect.criteria) == (25, 2001, "Earn 2001 XP")
    assert views["wide-horizon"].criteria == "Complete a step in 3 different roadmaps"
    assert next(iter(views)) == "first-step"  # what is earned comes first


async def test_who_has_a_badge_keeps_it_when_it_is_withdrawn_or_becomes_harder(world: World) -> None:
    ada, bob = await world.learner("Ada"), await world.learner("Bob")
    async with world.database.transaction() as session:
        await store_catalogue(session, [WEEKENDER], "tiny")
    for day in range(2):
        await world.achieve(ada, f"node:{day}")
        world.pass_time(hours=20)
    async with world.database.transaction() as session:
        await store_catalogue(session, [BadgeSpec(*_parts(WEEKENDER), {**TWO_DAYS, "at_least": 30})], "tiny")
    kept = next(view for view in await world.gamify.badges(ada.id) if view.slug == "weekender")
    assert (kept.progress, kept.goal) == (30, 30)
    async with world.database.transaction() as session:
        await withdraw_badges(session, "tiny")
    assert "weekender" in await _names(world, ada)
    assert "weekender" not in {view.slug for view in await world.gamify.badges(bob.id)}


def _parts(spec: BadgeSpec) -> tuple[str, str, str]:
    return spec.slug, spec.name, spec.icon


async def test_a_slug_belongs_to_one_roadmap_and_moves_with_its_name(world: World) -> None:
    async with world.database.transaction() as session:
        assert await store_catalogue(session, [WEEKENDER], "tiny") == []
        assert await store_catalogue(session, [WEEKENDER], "other") == ["weekender"]
        assert await store_catalogue(session, [WEEKENDER], "small", before=["tiny"]) == []
        badge = await session.scalar(select(Badge).where(Badge.slug == "weekender"))
        assert badge is not None
        assert badge.origin == "small"
