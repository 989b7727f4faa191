"""How few items are enough for an observer who knows the family `Growth`: its rules, and every constant of it.

The observer reckons with each answer by Bayes' rule, on a grid of what a concept may have begun with. How much was
gained by doing items is no secret in this family; where a learner began is all that there is to find out. Given the
learner's own level, concepts say nothing of each other, so each keeps one likelihood, and all of them one level.

Observers ask for items by different rules: by the product's own, with true estimates in place of the model's; for the
first concept that is not mastered now with some certainty, forgotten ones included; or wherever the next items most
likely make a concept mastered, whatever it builds on. The first says what a better model could gain, the others what a
better choice could. None is proved to be the best that there is. `AllKnowing` is told what no answer tells: a limit
that nobody reaches.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from math import log

import numpy as np
from numpy.typing import NDArray

from benchmarks._mastery_families import Growth
from benchmarks._mastery_walks import day_of
from nexus_server.mastery.choosing import MASTERED
from nexus_server.mastery.model import Evidence

#: log-odds at which a concept is mastered
ENOUGH = log(MASTERED / (1 - MASTERED))
#: log-odds that a concept may begin with, and those of the learner's own level
STARTS = np.linspace(-4.5, 4.5, 46)
LEVELS = np.linspace(-2.4, 2.4, 17)
OWN_SPREAD, CONCEPT_SPREAD = 0.8, 1.0
#: items that who asks by gain looks ahead
AHEAD = 6

Floats = NDArray[np.float64]
#: which concept an observer asks for on a day
Choice = Callable[["Observer", float], int]


def _normal(values: Floats, centre: Floats | float, spread: float) -> Floats:
    found: Floats = np.exp(-0.5 * ((values - centre) / spread) ** 2)
    return _shares(found)


def _shares(found: Floats) -> Floats:
    """Return the values of each row as shares of their sum."""
    shares: Floats = found / found.sum(axis=-1, keepdims=True)
    return shares


PRIOR = _normal(LEVELS, 0.0, OWN_SPREAD)
#: what a concept begins with, by the learner's level
BEGINNINGS = _normal(STARTS[None, :], LEVELS[:, None], CONCEPT_SPREAD)


class Observer:
    """What is known of one learner: an `Asker`. Times are days, as in the families."""

    def __init__(self, concepts: int, choose: Choice) -> None:
        """Know nothing of the learner but the family; ask by `choose`."""
        self._choose = choose
        self._likelihood = np.ones((concepts, len(STARTS)))
        self._by_level = np.ones((concepts, len(LEVELS)))
        self._gained = np.zeros(concepts)
        self._day = np.zeros(concepts)
        #: the highest estimate of each concept after an item of it
        self.best = np.zeros(concepts)

    def left(self, day: float) -> Floats:
        """Return what is left of what was gained, in log-odds, by concept."""
        found: Floats = self._gained * np.exp(-Growth.FADE_PER_DAY * np.maximum(0.0, day - self._day))
        return found

    def beginnings(self) -> Floats:
        """Return how likely each beginning is, by concept."""
        level = np.log(PRIOR) + np.log(self._by_level).sum(axis=0)
        level = np.exp(level - level.max())
        found: Floats = ((level / self._by_level) @ BEGINNINGS) * self._likelihood
        return _shares(found)

    def choose(self, items: int) -> int:
        """Return the concept of the next item."""
        return self._choose(self, day_of(items))

    def observe(self, evidence: Evidence, items: int) -> None:
        """Take an answer in, and what doing the item teaches."""
        concept, day = int(evidence.concept), day_of(items)
        left = self.left(day)[concept]
        right = 1 / (1 + np.exp(-(STARTS + left)))
        likelihood = self._likelihood[concept] * (right if evidence.right else 1 - right)
        self._likelihood[concept] = likelihood / likelihood.max()
        self._by_level[concept] = BEGINNINGS @ self._likelihood[concept]
        self._gained[concept] = left + Growth.STEP / (1 + 0.2 * self._gained[concept])
        self._day[concept] = day
        self.best[concept] = max(self.best[concept], self.estimates(day)[concept])

    def estimates(self, day: float) -> Floats:
        """Return the probability of a right answer, by concept."""
        odds = STARTS[None, :] + self.left(day)[:, None]
        found: Floats = (self.beginnings() / (1 + np.exp(-odds))).sum(axis=1)
        return found

    def chances(self, day: float) -> list[Floats]:
        """Return how likely each concept is mastered now, after one more item of it, after two, and so on."""
        beginnings, gained, left = self.beginnings(), self._gained, self.left(day)
        found = []
        for _ in range(AHEAD + 1):
            found.append((beginnings * (STARTS[None, :] + left[:, None] >= ENOUGH)).sum(axis=1))
            gained = left = left + Growth.STEP / (1 + 0.2 * gained)
        return found


def by_order(observer: Observer, day: float) -> int:
    """Ask for the first concept that never was as good as mastered, as the product does; then for the weakest."""
    left = np.flatnonzero(observer.best < MASTERED)
    return int(left[0] if len(left) else observer.estimates(day).argmin())


def by_gain(observer: Observer, day: float) -> int:
    """Ask where some items in a row most likely make a concept mastered, for each of them."""
    now, *later = observer.chances(day)
    gains = [(chance - now) / (n + 1) for n, chance in enumerate(later)]
    return int(np.max(gains, axis=0).argmax())


def by_chance(observer: Observer, day: float, *, least: float) -> int:
    """Ask for the first concept of which it is not so likely that it is mastered now; then for the least likely."""
    chance = observer.chances(day)[0]
    left = np.flatnonzero(chance < least)
    return int(left[0] if len(left) else chance.argmin())


class AllKnowing:
    """Knows each concept's beginning, too, and asks for what is mastered by the fewest items. An `Asker`."""

    def __init__(self, learner: Growth, concepts: int) -> None:
        """Look into a learner."""
        self._learner = learner
        self._concepts = concepts

    def choose(self, items: int) -> int:
        """Return the concept that is the least away from being mastered, of those that are not."""
        return min(range(self._concepts), key=lambda concept: self._away(concept, day_of(items)) or self._concepts)

    def observe(self, evidence: Evidence, items: int) -> None:
        """Learn nothing: all is known."""

    def _away(self, concept: int, day: float) -> int:
        learner, items = deepcopy(self._learner), 0
        while learner.truth(concept, day) < MASTERED:
            learner.learn(concept, day)
            items += 1
        return items


CHOICES: dict[str, Choice] = {
    "by_order": by_order,
    "by_chance_50": partial(by_chance, least=0.5),
    "by_chance_60": partial(by_chance, least=0.6),
    "by_chance_70": partial(by_chance, least=0.7),
    "by_gain": by_gain,
}
