"""Settings of XP, streaks and leaderboards."""

from traitlets import Enum, Int

from nexus_server.settings import FrozenConfigurable
from nexus_server.standing.streaks import StreakPolicy


class GamifySettings(FrozenConfigurable):
    """How streaks are counted."""

    streak_policy = Enum(
        [policy.value for policy in StreakPolicy],
        default_value=StreakPolicy.ROLLING_24H.value,
        help="rolling_24h: broken by more than 24 hours without activity. calendar_day: by learner-local dates.",
    ).tag(config=True)
    streak_freezes = Int(
        2, min=0, help="With calendar_day: missed days forgiven at most, one earned per seven days of streak."
    ).tag(config=True)
