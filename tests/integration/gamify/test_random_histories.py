"""Whatever learners do, in whatever order and however often: the ledger is what a small reference model says."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from nexus_server.gamify.leaderboard import Leaderboard
from nexus_server.gamify.projections import Projections
from nexus_server.gamify.rules import RULE_VERSION
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.gamify import XpEntry
from tests.integration.gamify.conftest import START, World

#: a step: hours that pass (clocks may run behind), and what is achieved then, whether or not its process dies after
STEPS = st.lists(
    st.tuples(st.sampled_from([-1, 0, 1, 11, 20, 24, 25, 60]), st.sampled_from("abcd"), st.booleans()), max_size=10
)


@pytest.fixture
def leaderboard(database: Database) -> Leaderboard:
    """One kind of leaderboard: the ledger knows none."""
    return SqlLeaderboard(database)


class Reference:
    """The rules in a few lines: XP of each key once, and the bonus of a day once, by the seed's rolling streak."""

    def __init__(self) -> None:
        self.paid: dict[str, int] = {}
        self.streak, self.longest = 0, 0
        self.seen: datetime | None = None
        self.grew: Any = None

    def achieve(self, key: str, at: datetime) -> None:
        self._be_there(at)
        if key not in self.paid:
            self.paid[key] = 2 * 10
            self.paid.setdefault(f"streak:{at.date()}", 5 * min(7, self.streak))

    def _be_there(self, at: datetime) -> None:
        if self.seen is not None and at <= self.seen:
            return
        is_kept = self.seen is not None and at - self.seen <= timedelta(hours=24)
        if not is_kept or at.date() > self.grew:
            self.streak, self.grew = self.streak + 1 if is_kept else 1, at.date()
        self.longest, self.seen = max(self.longest, self.streak), at


def histories() -> list[Sequence[tuple[int, str, bool]]]:
    """Draw histories as a property test does."""
    drawn: list[Sequence[tuple[int, str, bool]]] = []

    @settings(max_examples=25, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(STEPS)
    def draw(history: Sequence[tuple[int, str, bool]]) -> None:
        drawn.append(history)

    draw()
    return drawn


async def test_random_histories_pay_what_the_reference_pays(world: World) -> None:
    projections = Projections(world.database)
    for number, history in enumerate(histories()):
        learner, reference = await world.learner(str(number)), Reference()
        world.clock.time = START
        for hours, key, dies in history:
            world.clock.time += timedelta(hours=hours)
            await world.achieve(learner, key, announce=not dies)
            reference.achieve(key, world.clock.time.astimezone(UTC))
        assert await _paid(world, learner) == reference.paid, history
        user = await world.user(learner.id)
        assert (user.xp, user.streak_count, user.longest_streak) == (
            sum(reference.paid.values()),
            reference.streak,
            reference.longest,
        ), history
        assert await projections.verify(learner.id) == [], history


async def _paid(world: World, learner: Learner) -> dict[str, int]:
    async with world.database.reading() as session:
        rows = list(await session.scalars(select(XpEntry).where(XpEntry.user_id == learner.id)))
    assert {row.rule_version for row in rows} <= {RULE_VERSION}
    return {row.award_key: row.amount for row in rows}
