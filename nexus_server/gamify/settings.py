"""Settings of XP, streaks and leaderboards."""

from traitlets import Bool, Enum, Int

from nexus_server.gamify.corrections import LoweredGradePolicy
from nexus_server.settings import FrozenConfigurable
from nexus_server.standing.streaks import StreakPolicy


class GamifySettings(FrozenConfigurable):
    """How streaks are counted, and what a lowered grade does to XP."""

    streak_policy = Enum(
        [policy.value for policy in StreakPolicy],
        default_value=StreakPolicy.ROLLING_24H.value,
        help="rolling_24h: broken by more than 24 hours without activity. calendar_day: by learner-local dates.",
    ).tag(config=True)
    streak_freezes = Int(
        2, min=0, help="With calendar_day: missed days forgiven at most, one earned per seven days of streak."
    ).tag(config=True)
    free_weekends = Bool(
        False,  # noqa: FBT003  traitlets takes defaults by position
        help="With calendar_day: missed Saturdays and Sundays, by the learner's clock, break no streak.",
    ).tag(config=True)
    lowered_grades = Enum(
        [policy.value for policy in LoweredGradePolicy],
        default_value=LoweredGradePolicy.KEEP.value,
        help="When a regrade no longer passes: keep leaves the XP, reverse takes it back until the lab passes again.",
    ).tag(config=True)
