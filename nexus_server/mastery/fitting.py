"""Parameters of the mastery model from data. Pure.

For each half-life and growth of a grid the log-odds are linear in the other parameters, which logistic regression
finds (Newton's method, with a small ridge toward the defaults, so that a class of ten fits no nonsense). The abilities
are read anew between two steps, as they are known before each answer. The best likelihood wins; where the answers say
nothing of forgetting, the half-life stays. Then the variance of abilities is chosen alike. How well a fit predicts is
said as log-loss, and as calibration error over ten bins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import exp, log

from nexus_server.mastery.model import MOST_ODDS, Evidence, LearnerState, MasteryParameters, kept_share

HALF_LIVES_DAYS = (2.0, 7.0, 30.0)
GROWTHS = (1.0, 1.4, 2.0)
ABILITY_VARIANCES = (0.0, 0.25, 0.5, 1.0, 2.0)
GRIDDED = ("half_life_days", "half_life_growth", "ability_variance")
RIDGE = 1.0
STEPS = 12
#: a step goes no farther than this, so that none leaves the hill that it climbs
LONGEST_STEP = 1.0
#: steps that are shorter change nothing
SHORT_STEP = 0.001
BINS = 10
#: keeps logarithms finite
TINY = 1e-9

#: what is known of an answer beforehand: 1, faded right and faded wrong answers, and the ability; then what was right
Row = tuple[tuple[float, float, float], float, float]
Weights = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters, and how well they predict the answers that they were fitted to."""

    parameters: MasteryParameters
    answers: int
    log_loss: float
    calibration_error: float


def fit(learners: Sequence[Sequence[Evidence]], start: MasteryParameters | None = None) -> Fit:
    """Return the parameters that explain the answers best; each learner's evidence is in the order of time."""
    start = start or MasteryParameters()
    pairs = sorted({(start.half_life_days, start.half_life_growth), *product(HALF_LIVES_DAYS, GROWTHS)})
    memories = (replace(start, half_life_days=days, half_life_growth=growth) for days, growth in pairs)
    best = _best(learners, start, memories)
    variances = sorted({start.ability_variance, *ABILITY_VARIANCES})
    best = _best(learners, start, (replace(best, ability_variance=variance) for variance in variances))
    said = predictions(learners, best)
    return Fit(best, len(said), log_loss(said), calibration_error(said))


def _best(
    learners: Sequence[Sequence[Evidence]], start: MasteryParameters, candidates: Iterable[MasteryParameters]
) -> MasteryParameters:
    found = [_fit_linear(learners, candidate, start) for candidate in candidates]
    return min(found, key=lambda parameters: _cost(learners, parameters, start))


def _cost(learners: Sequence[Sequence[Evidence]], parameters: MasteryParameters, start: MasteryParameters) -> float:
    """Return the log-loss of all answers; what is not as at the start has to be worth a parameter (BIC)."""
    said = predictions(learners, parameters)
    changed = sum(getattr(parameters, name) != getattr(start, name) for name in GRIDDED)
    return log_loss(said) * len(said) + (changed * log(len(said)) / 2 if said else 0.0)


def predictions(learners: Iterable[Sequence[Evidence]], parameters: MasteryParameters) -> list[tuple[float, float]]:
    """Return for each answer what the model said before it, and the share that was right."""
    said = []
    for evidence in learners:
        learner = LearnerState(parameters)
        for one in evidence:
            said.append((learner.estimate(one.concept, one.at), one.right))
            learner.observe(one)
    return said


def log_loss(said: Sequence[tuple[float, float]]) -> float:
    """Return the mean log-loss of predictions, 0 for none."""
    losses = [-(right * log(p + TINY) + (1 - right) * log(1 - p + TINY)) for p, right in said]
    return sum(losses) / len(losses) if losses else 0.0


def calibration_bins(said: Sequence[tuple[float, float]]) -> list[tuple[float, float, int]]:
    """Return the mean prediction, the share that was right and the number of answers of each bin that has any."""
    bins: list[list[tuple[float, float]]] = [[] for _ in range(BINS)]
    for p, right in said:
        bins[min(BINS - 1, int(p * BINS))].append((p, right))
    return [(sum(p for p, _ in one) / len(one), sum(r for _, r in one) / len(one), len(one)) for one in bins if one]


def calibration_error(said: Sequence[tuple[float, float]]) -> float:
    """Return the expected calibration error: how far the bins are off, weighed by their answers."""
    return sum(abs(p - right) * n for p, right, n in calibration_bins(said)) / len(said) if said else 0.0


def _fit_linear(
    learners: Sequence[Sequence[Evidence]], parameters: MasteryParameters, prior: MasteryParameters
) -> MasteryParameters:
    towards = (prior.base, prior.right_gain, prior.wrong_gain)
    weights = towards
    for _ in range(STEPS):
        rows = list(_rows(learners, _weighted(parameters, weights)))
        before, weights = weights, _newton_step(rows, weights, towards)
        if max(abs(now - then) for now, then in zip(weights, before, strict=True)) < SHORT_STEP:
            break
    return _weighted(parameters, weights)


def _weighted(parameters: MasteryParameters, weights: Weights) -> MasteryParameters:
    base, right_gain, wrong_gain = weights
    return replace(parameters, base=base, right_gain=right_gain, wrong_gain=wrong_gain)


def _rows(learners: Iterable[Sequence[Evidence]], parameters: MasteryParameters) -> Iterable[Row]:
    for evidence in learners:
        learner = LearnerState(parameters)
        for one in evidence:
            state = learner.state(one.concept)
            left = kept_share(state, one.at, parameters)
            yield (1.0, state.right * left, state.wrong * left), learner.ability, one.right
            learner.observe(one)


def _newton_step(rows: Sequence[Row], weights: Weights, towards: Weights) -> Weights:
    base, right_gain, wrong_gain = weights
    gradient = [RIDGE * (aim - weight) for aim, weight in zip(towards, weights, strict=True)]
    curvature = [[RIDGE if i == j else 0.0 for j in range(3)] for i in range(3)]
    for features, ability, answered in rows:
        _, right, wrong = features
        odds = base + ability + right_gain * right + wrong_gain * wrong
        p = 1 / (1 + exp(-max(-MOST_ODDS, min(MOST_ODDS, odds))))
        miss, weight = answered - p, p * (1 - p)
        for i in range(3):
            gradient[i] += miss * features[i]
            for j in range(3):
                curvature[i][j] += weight * features[i] * features[j]
    steps = (max(-LONGEST_STEP, min(LONGEST_STEP, step)) for step in _solve(curvature, gradient))
    first, second, third = (weight + step for weight, step in zip(weights, steps, strict=True))
    return first, second, third


def _solve(matrix: list[list[float]], vector: list[float]) -> list[float]:
    """Solve a small positive definite system by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, vector, strict=True)]
    size = len(rows)
    for i in range(size):
        for j in range(i + 1, size):
            share = rows[j][i] / rows[i][i]
            rows[j] = [b - share * a for a, b in zip(rows[i], rows[j], strict=True)]
    solution = [0.0] * size
    for i in reversed(range(size)):
        known = sum(rows[i][j] * solution[j] for j in range(i + 1, size))
        solution[i] = (rows[i][size] - known) / rows[i][i]
    return solution
