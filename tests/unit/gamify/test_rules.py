from datetime import UTC, datetime

import pytest

from nexus_server.gamify.rules import earned_xp, iso_week, streak_bonus
from nexus_server.learning import Difficulty
from nexus_server.standing.ranks import find_next_rank, rank_of


@pytest.mark.parametrize(
    ("difficulty", "xp"),
    [(Difficulty.BEGINNER, 10), (Difficulty.INTERMEDIATE, 20), (Difficulty.ADVANCED, 30), (None, 10)],
)
def test_xp_is_the_factor_times_the_base_points(difficulty: Difficulty | None, xp: int) -> None:
    assert earned_xp(difficulty, 10) == xp


@pytest.mark.parametrize(("streak", "bonus"), [(0, 0), (1, 5), (6, 30), (7, 35), (8, 35), (400, 35)])
def test_the_streak_bonus_grows_for_seven_days(streak: int, bonus: int) -> None:
    assert streak_bonus(streak) == bonus


@pytest.mark.parametrize(
    ("xp", "rank"),
    [
        (0, "Novice"),
        (500, "Novice"),
        (501, "Scripter"),
        (2000, "Scripter"),
        (2001, "AI Architect"),
        (10_000, "AI Architect"),
        (10_001, "AI Architect"),
    ],
)
def test_ranks_begin_where_the_seed_says(xp: int, rank: str) -> None:
    assert rank_of(xp).name == rank


def test_the_next_rank_is_known_until_the_top() -> None:
    following = find_next_rank(500)
    assert following is not None
    assert (following.name, following.from_xp) == ("Scripter", 501)
    assert find_next_rank(2001) is None


def test_the_week_is_iso_and_utc() -> None:
    assert iso_week(datetime(2027, 1, 1, tzinfo=UTC)) == "2026-W53"
