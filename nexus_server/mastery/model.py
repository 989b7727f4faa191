"""How likely a learner is to do right what a concept asks: performance factors, with forgetting. Pure.

The model is Performance Factors Analysis (P. I. Pavlik Jr., H. Cen, K. R. Koedinger: "Performance Factors Analysis: A
New Alternative to Knowledge Tracing", AIED 2009): the log-odds of a right answer grow with the counts of former right
and wrong answers. Older counts weigh less, as in Y. Gong, J. E. Beck, N. T. Heffernan, "How to Construct More Accurate
Student Models: Comparing and Optimizing Knowledge Tracing and Performance Factor Analysis", IJAIED 21 (2011). They fade
with time by a half-life that grows with success, as in B. Settles and B. Meeder, "A Trainable Spaced Repetition Model
for Language Learning", ACL 2016.

Learners differ: each has an ability that is added for every concept, as in the Additive Factors Model (H. Cen, K. R.
Koedinger, B. Junker: "Learning Factors Analysis", ITS 2006). The first look at a concept tells of the ability, later
ones of the concept. With each the ability goes a Newton step towards its likeliest value, which is the update of Elo
ratings with a step that shrinks (R. Pelánek: "Applications of the Elo Rating System in Adaptive Educational Systems",
Computers & Education 98, 2016).

    log-odds = base + ability + right_gain * S + wrong_gain * F
    S and F are multiplied by 2 ** (-days / half_life) between two looks
    half_life = half_life_days * half_life_growth ** (right answers so far), a year at most
    ability grows by (right - p) / (1 / ability_variance + the sum of p * (1 - p) over the first looks)
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import exp

DAY_S = 86_400
LONGEST_HALF_LIFE_DAYS = 365.0
#: log-odds beyond which a probability is as good as 0 or 1
MOST_ODDS = 30.0


@dataclass(frozen=True, slots=True)
class MasteryParameters:
    """The model's parameters; `nexus mastery fit` finds those of a site."""

    #: log-odds of a learner of whom nothing is known
    base: float = -0.4
    #: what a right answer adds to the log-odds
    right_gain: float = 0.9
    #: what a wrong answer adds: learners learn from those, too, but they speak of not knowing
    wrong_gain: float = -0.15
    half_life_days: float = 7.0
    half_life_growth: float = 1.6
    #: what a right answer still counts after a hint
    hint_share: float = 0.5
    #: variance of the learners' abilities, in log-odds; 0: all are alike
    ability_variance: float = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """One look at a concept: the share that was right, 0 to 1, and how many hints came before."""

    concept: str
    right: float
    at: datetime
    hints: int = 0


@dataclass(frozen=True, slots=True)
class ConceptState:
    """What is known of a learner and a concept at `at`. `best` is the highest estimate right after an answer."""

    right: float = 0.0
    wrong: float = 0.0
    #: right answers so far, which do not fade
    successes: float = 0.0
    looks: int = 0
    best: float = 0.0
    last_right: float = 0.0
    at: datetime | None = None


UNKNOWN = ConceptState()


@dataclass(slots=True)
class LearnerState:
    """What is known of a learner: the state of each concept that was met, and the ability, in log-odds."""

    parameters: MasteryParameters
    concepts: dict[str, ConceptState] = field(default_factory=dict)
    ability: float = 0.0
    #: what the first looks told of the ability: the inverse of a variance
    information: float = 0.0

    def state(self, concept: str) -> ConceptState:
        """Return a concept's state."""
        return self.concepts.get(concept, UNKNOWN)

    def estimate(self, concept: str, now: datetime) -> float:
        """Return the probability of a right answer at `now`, 0 to 1."""
        return estimate(self.state(concept), now, self.parameters, self.ability)

    def observe(self, evidence: Evidence) -> None:
        """Take an answer in."""
        state = self.state(evidence.concept)
        if not state.looks:
            self._meet(evidence)
        self.concepts[evidence.concept] = observe(state, evidence, self.parameters, self.ability)

    def _meet(self, evidence: Evidence) -> None:
        """Learn of the ability from the first look at a concept."""
        if variance := self.parameters.ability_variance:
            p = probability(0.0, 0.0, self.parameters, self.ability)
            self.information += p * (1 - p)
            self.ability += (share_of(evidence, self.parameters) - p) / (1 / variance + self.information)


def share_of(evidence: Evidence, parameters: MasteryParameters) -> float:
    """Return what an answer counts of a right one; after hints it is less."""
    return evidence.right * (parameters.hint_share if evidence.hints else 1.0)


def estimate(state: ConceptState, now: datetime, parameters: MasteryParameters, ability: float = 0.0) -> float:
    """Return the probability of a right answer at `now`, 0 to 1."""
    left = kept_share(state, now, parameters)
    return probability(state.right * left, state.wrong * left, parameters, ability)


def probability(right: float, wrong: float, parameters: MasteryParameters, ability: float = 0.0) -> float:
    """Return the probability of a right answer after faded counts of right and wrong ones."""
    odds = parameters.base + ability + parameters.right_gain * right + parameters.wrong_gain * wrong
    return 1 / (1 + exp(-max(-MOST_ODDS, min(MOST_ODDS, odds))))


def observe(
    state: ConceptState, evidence: Evidence, parameters: MasteryParameters, ability: float = 0.0
) -> ConceptState:
    """Return the state after an answer; evidence that comes late counts as if it came now."""
    left = kept_share(state, evidence.at, parameters)
    share = share_of(evidence, parameters)
    right, wrong = state.right * left + share, state.wrong * left + 1 - share
    return ConceptState(
        right=right,
        wrong=wrong,
        successes=state.successes + share,
        looks=state.looks + 1,
        best=max(state.best, probability(right, wrong, parameters, ability)),
        last_right=evidence.right,
        at=evidence.at if state.at is None or evidence.at > state.at else state.at,
    )


def kept_share(state: ConceptState, now: datetime, parameters: MasteryParameters) -> float:
    """Return the share of the counts that is not forgotten at `now`; time never runs backwards."""
    if state.at is None or now <= state.at:
        return 1.0
    days = (now - state.at).total_seconds() / DAY_S
    left: float = 2.0 ** (-days / half_life_of(state, parameters))
    return left


def half_life_of(state: ConceptState, parameters: MasteryParameters) -> float:
    """Return the days after which half of what is known is forgotten."""
    # A power that large is a year long before it would overflow.
    growth: float = parameters.half_life_growth ** min(state.successes, 60.0)
    return min(LONGEST_HALF_LIFE_DAYS, parameters.half_life_days * growth)


def replay(evidence: Iterable[Evidence], parameters: MasteryParameters) -> LearnerState:
    """Return the learner's state after all of the evidence, oldest first."""
    learner = LearnerState(parameters)
    for one in evidence:
        learner.observe(one)
    return learner
