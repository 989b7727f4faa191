"""Parameters of the mastery model from data. Pure.

For each half-life and growth of a grid the log-odds are linear in the other parameters, which logistic regression
finds (Newton's method, with a small ridge toward the defaults, so that a class of ten fits no nonsense). The best
likelihood wins; where the answers say nothing of forgetting, the half-life stays. How well a fit predicts is said as
log-loss, and as calibration error over ten bins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import exp, log

from nexus_server.mastery.model import (
    MOST_ODDS,
    UNKNOWN,
    ConceptState,
    Evidence,
    MasteryParameters,
    estimate,
    kept_share,
    observe,
)

HALF_LIVES_DAYS = (2.0, 7.0, 30.0)
GROWTHS = (1.0, 1.4, 2.0)
RIDGE = 1.0
STEPS = 12
#: a step goes no farther than this, so that none leaves the hill that it climbs
LONGEST_STEP = 1.0
#: steps that are shorter change nothing
SHORT_STEP = 0.001
BINS = 10
#: keeps logarithms finite
TINY = 1e-9

#: what is known of an answer beforehand: 1, faded right and faded wrong answers; and the share that was right
Row = tuple[tuple[float, float, float], float]
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
    pairs = {(start.half_life_days, start.half_life_growth), *product(HALF_LIVES_DAYS, GROWTHS)}
    found = [
        _fit_linear(learners, replace(start, half_life_days=days, half_life_growth=growth), start)
        for days, growth in sorted(pairs)
    ]
    best = min(found, key=lambda parameters: _cost(learners, parameters, start))
    said = predictions(learners, best)
    return Fit(best, len(said), log_loss(said), calibration_error(said))


def _cost(learners: Sequence[Sequence[Evidence]], parameters: MasteryParameters, start: MasteryParameters) -> float:
    """Return the log-loss of all answers; another half-life than at the start has to be worth two parameters (BIC)."""
    said = predictions(learners, parameters)
    is_other = (parameters.half_life_days, parameters.half_life_growth) != (
        start.half_life_days,
        start.half_life_growth,
    )
    return log_loss(said) * len(said) + (log(len(said)) if is_other and said else 0.0)


def predictions(learners: Iterable[Sequence[Evidence]], parameters: MasteryParameters) -> list[tuple[float, float]]:
    """Return for each answer what the model said before it, and the share that was right."""
    said = []
    for evidence in learners:
        states: dict[str, ConceptState] = {}
        for one in evidence:
            state = states.get(one.concept, UNKNOWN)
            said.append((estimate(state, one.at, parameters), one.right))
            states[one.concept] = observe(state, one, parameters)
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
    rows = list(_rows(learners, parameters))
    towards = (prior.base, prior.right_gain, prior.wrong_gain)
    weights = towards
    for _ in range(STEPS):
        before, weights = weights, _newton_step(rows, weights, towards)
        if max(abs(now - then) for now, then in zip(weights, before, strict=True)) < SHORT_STEP:
            break
    base, right_gain, wrong_gain = weights
    return replace(parameters, base=base, right_gain=right_gain, wrong_gain=wrong_gain)


def _rows(learners: Iterable[Sequence[Evidence]], parameters: MasteryParameters) -> Iterable[Row]:
    for evidence in learners:
        states: dict[str, ConceptState] = {}
        for one in evidence:
            state = states.get(one.concept, UNKNOWN)
            left = kept_share(state, one.at, parameters)
            yield (1.0, state.right * left, state.wrong * left), one.right
            states[one.concept] = observe(state, one, parameters)


def _newton_step(rows: Sequence[Row], weights: Weights, towards: Weights) -> Weights:
    base, right_gain, wrong_gain = weights
    gradient = [RIDGE * (aim - weight) for aim, weight in zip(towards, weights, strict=True)]
    curvature = [[RIDGE if i == j else 0.0 for j in range(3)] for i in range(3)]
    for features, answered in rows:
        _, right, wrong = features
        odds = base + right_gain * right + wrong_gain * wrong
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
