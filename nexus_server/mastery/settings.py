"""The parameters of the mastery model."""

from traitlets import Float

from nexus_server.mastery.model import MasteryParameters
from nexus_server.settings import FrozenConfigurable

_DEFAULTS = MasteryParameters()


class MasterySettings(FrozenConfigurable):
    """How what a learner knows is estimated; `nexus mastery fit` prints those that fit the site's learners."""

    base_log_odds = Float(_DEFAULTS.base, help="Log-odds of a right answer by a learner of whom nothing is known.").tag(
        config=True
    )
    right_gain_log_odds = Float(_DEFAULTS.right_gain, help="What a right answer adds to the log-odds.").tag(config=True)
    wrong_gain_log_odds = Float(_DEFAULTS.wrong_gain, help="What a wrong answer adds to the log-odds.").tag(config=True)
    half_life_days = Float(
        _DEFAULTS.half_life_days, min=0.01, help="Days after which half of what an answer counts has faded."
    ).tag(config=True)
    half_life_growth_ratio = Float(
        _DEFAULTS.half_life_growth, min=1.0, help="By how much each right answer makes the half-life longer."
    ).tag(config=True)
    hint_share = Float(
        _DEFAULTS.hint_share, min=0.0, max=1.0, help="Share of a right answer that counts after a hint."
    ).tag(config=True)
    ability_variance = Float(
        _DEFAULTS.ability_variance,
        min=0.0,
        help="How much learners differ from each other: the variance of their log-odds; 0: all are alike.",
    ).tag(config=True)

    def parameters(self) -> MasteryParameters:
        """Return them for the model."""
        return MasteryParameters(
            base=self.base_log_odds,
            right_gain=self.right_gain_log_odds,
            wrong_gain=self.wrong_gain_log_odds,
            half_life_days=self.half_life_days,
            half_life_growth=self.half_life_growth_ratio,
            hint_share=self.hint_share,
            ability_variance=self.ability_variance,
        )
