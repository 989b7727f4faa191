"""The rules of XP, as pure functions.

Source: the original specification, section 4: ``XP = (Difficulty_Factor * Base_Points) + Streak_Bonus``.
"""

from datetime import UTC, date, datetime
from functools import lru_cache

from nexus_server.learning import Difficulty

#: grows with each change of what an achievement pays; events know the version of their time, and replays keep to it.
#: 2: the streak bonus belongs to the day on which the streak last grew, so that no clock turned back pays it again
RULE_VERSION = 2
DIFFICULTY_FACTOR = {Difficulty.BEGINNER: 1, Difficulty.INTERMEDIATE: 2, Difficulty.ADVANCED: 3}
#: XP per day of streak, and the streak from which the bonus grows no more
STREAK_BONUS_PER_DAY = 5
STREAK_BONUS_CAP_DAYS = 7


def earned_xp(difficulty: Difficulty | None, base_points: int) -> int:
    """Return ``Difficulty_Factor * Base_Points``; the factor is 1 where nothing has a difficulty."""
    return (DIFFICULTY_FACTOR[difficulty] if difficulty else 1) * base_points


def streak_bonus(streak_count: int) -> int:
    """Return the bonus in XP that a streak of so many days earns, once per day of the streak."""
    return STREAK_BONUS_PER_DAY * min(streak_count, STREAK_BONUS_CAP_DAYS)


def iso_week(moment: datetime) -> str:
    """Return the ISO week of `moment` in UTC, e.g. ``2026-W47``: the weekly leaderboard's period."""
    return _week_of(moment.astimezone(UTC).date())


@lru_cache(maxsize=1_000)  # replays ask for each day over and over
def _week_of(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
