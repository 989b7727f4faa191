"""Simulated learners of three families that are not the estimator's. Their parameters are fixed here.

Each family answers whether a learner does an item right, learns from it, and says how likely a right answer is now.

- `Tracing`: a concept is known or not (Bayesian knowledge tracing: A. T. Corbett, J. R. Anderson, UMUAI 4, 1995).
- `Growth`: ability grows with each item and fades by days (a Rasch model with learning and forgetting).
- `Memory`: traces add up and fade by a power of time (ACT-R: J. R. Anderson, L. J. Schooler, Psych. Science 2, 1991).
"""

from math import exp, log
from random import Random
from typing import Protocol


class Learner(Protocol):
    """A simulated learner."""

    def truth(self, concept: int, day: float) -> float:
        """Return the probability of a right answer."""
        ...

    def learn(self, concept: int, day: float) -> None:
        """Do an item."""
        ...


def _sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value))


class Tracing:
    """Knows a concept or does not; half as quick where what it needs is not known."""

    LEARN, SLIP, GUESS, FORGET_PER_DAY = 0.3, 0.1, 0.2, 0.01

    def __init__(self, random: Random, concepts: int) -> None:
        """Draw what is known beforehand."""
        share = random.uniform(0.1, 0.7)
        self._random = random
        self._known = [random.random() < share for _ in range(concepts)]
        self._day = [0.0] * concepts

    def truth(self, concept: int, day: float) -> float:
        """Return the probability of a right answer."""
        stays = (1 - self.FORGET_PER_DAY) ** max(0.0, day - self._day[concept])
        known = stays if self._known[concept] else 0.0
        return known * (1 - self.SLIP) + (1 - known) * self.GUESS

    def learn(self, concept: int, day: float) -> None:
        """Learn with some luck; what was known may have been forgotten."""
        stays = (1 - self.FORGET_PER_DAY) ** max(0.0, day - self._day[concept])
        if self._known[concept] and self._random.random() > stays:
            self._known[concept] = False
        quick = self.LEARN if concept == 0 or self._known[concept - 1] else self.LEARN / 2
        self._known[concept] = self._known[concept] or self._random.random() < quick
        self._day[concept] = day


class Growth:
    """Ability per concept grows with each item, and fades towards where it began."""

    STEP, FADE_PER_DAY = 0.7, 0.02

    def __init__(self, random: Random, concepts: int) -> None:
        """Draw the abilities beforehand."""
        own = random.gauss(0.0, 0.8)
        self._start = [own + random.gauss(0.0, 1.0) for _ in range(concepts)]
        self._gained = [0.0] * concepts
        self._day = [0.0] * concepts

    def _left(self, concept: int, day: float) -> float:
        return self._gained[concept] * exp(-self.FADE_PER_DAY * max(0.0, day - self._day[concept]))

    def truth(self, concept: int, day: float) -> float:
        """Return the probability of a right answer."""
        return _sigmoid(self._start[concept] + self._left(concept, day))

    def learn(self, concept: int, day: float) -> None:
        """Grow, less and less."""
        self._gained[concept] = self._left(concept, day) + self.STEP / (1 + 0.2 * self._gained[concept])
        self._day[concept] = day


class Memory:
    """Every item leaves a trace that fades by a power of its age; prior knowledge is old traces."""

    DECAY, THRESHOLD, NOISE, MINUTES_PER_DAY = 0.35, -0.6, 0.45, 1440.0

    def __init__(self, random: Random, concepts: int) -> None:
        """Draw how much was practised in the months before."""
        most = random.choice([2, 6, 14])
        self._traces = [[-random.uniform(1, 90) for _ in range(random.randint(0, most))] for _ in range(concepts)]

    def truth(self, concept: int, day: float) -> float:
        """Return the probability of a right answer."""
        ages = [max(day - trace, 1 / 48) for trace in self._traces[concept]]
        if not ages:
            return 0.15
        activation = log(sum(age**-self.DECAY for age in ages))
        return 0.15 + 0.83 * _sigmoid((activation - self.THRESHOLD) / self.NOISE)

    def learn(self, concept: int, day: float) -> None:
        """Leave a trace."""
        self._traces[concept].append(day)


FAMILIES = (Tracing, Growth, Memory)
