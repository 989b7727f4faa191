"""The ways of simulated learners through a map of concepts: the fixed path, and what somebody asks for item by item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import mean
from typing import Protocol

from benchmarks._mastery_families import Learner
from nexus_server.mastery.choosing import MASTERED, Knowledge, MappedConcept, find_attention, next_concept
from nexus_server.mastery.model import Evidence, LearnerState, MasteryParameters

CONCEPTS = 24
ITEMS_EACH = 6
ITEMS_PER_DAY = 8
#: a learner follows a review or a step back on every third item, and the way on the others
REVIEW_EVERY = 3
#: a path that is asked for ends here, whatever is known
MOST_ITEMS = 3 * CONCEPTS * ITEMS_EACH
START = datetime(2026, 1, 1, tzinfo=UTC)
ORDER = [MappedConcept(str(n), f"Concept {n}", (str(n - 1),) if n else ()) for n in range(CONCEPTS)]
MAP = {concept.id: concept for concept in ORDER}


class Asker(Protocol):
    """Asks a learner for one item after the other."""

    def choose(self, items: int) -> int:
        """Return the concept of the next item, after so many."""
        ...

    def observe(self, evidence: Evidence, items: int) -> None:
        """Take the answer in."""
        ...


@dataclass(frozen=True, slots=True)
class Walk:
    """What a path took, and the share of the concepts that was mastered after each item; the first is before any."""

    known: Sequence[float]
    evidence: Sequence[Evidence] = ()

    @property
    def items(self) -> int:
        """How many items were done."""
        return len(self.known) - 1

    @property
    def knowledge(self) -> float:
        """What is known at the end."""
        return self.known[-1]

    @property
    def items_until(self) -> int:
        """After how many items as much as at the end was known for the first time."""
        return next(items for items, share in enumerate(self.known) if share >= self.knowledge)


def day_of(items: int) -> float:
    """Return the day after so many items, from 0."""
    return items / ITEMS_PER_DAY


def moment_of(items: int) -> datetime:
    """Return when the next item is done, after so many."""
    return START + timedelta(days=day_of(items))


def _answer(learner: Learner, random: Random, concept: int, items: int) -> Evidence:
    """Let a learner do an item."""
    right = 1.0 if random.random() < learner.truth(concept, day_of(items)) else 0.0
    learner.learn(concept, day_of(items))
    return Evidence(str(concept), right, moment_of(items))


def _known(learner: Learner, items: int) -> float:
    """Return the share of concepts that are mastered: a right answer is as likely as the product asks."""
    return mean(learner.truth(concept, day_of(items)) >= MASTERED for concept in range(CONCEPTS))


def fixed_path(learner: Learner, random: Random) -> Walk:
    """Do every item in order."""
    evidence: list[Evidence] = []
    known = [_known(learner, 0)]
    for items in range(CONCEPTS * ITEMS_EACH):
        evidence.append(_answer(learner, random, items // ITEMS_EACH, items))
        known.append(_known(learner, items + 1))
    return Walk(known, evidence)


def asked_path(learner: Learner, random: Random, asker: Asker, goal: float) -> Walk:
    """Do what is asked for until as much is known; at most three times the items of the fixed path."""
    known = [_known(learner, 0)]
    while known[-1] < goal and (items := len(known) - 1) < MOST_ITEMS:
        evidence = _answer(learner, random, asker.choose(items), items)
        asker.observe(evidence, items)
        known.append(_known(learner, items + 1))
    return Walk(known)


class ProductAsker:
    """The product: its estimates, and what it says is next. Where all was mastered it asks for what is least."""

    def __init__(self, parameters: MasteryParameters) -> None:
        """Estimate by `parameters`."""
        self._estimated = LearnerState(parameters)
        #: what was said before each answer, and what was right
        self.said: list[tuple[float, float]] = []

    def choose(self, items: int) -> int:
        """Return what is to be looked at again on every third item, and else the way on."""
        knowledge = Knowledge(self._estimated, moment_of(items))
        attention = find_attention(MAP, knowledge) if items % REVIEW_EVERY == 0 else None
        found = attention.concept if attention is not None else next_concept(ORDER, knowledge)
        return int((found or min(ORDER, key=lambda concept: knowledge.estimate(concept.id))).id)

    def observe(self, evidence: Evidence, items: int) -> None:
        """Take the answer in, and keep what was said of it."""
        self.said.append((self._estimated.estimate(evidence.concept, moment_of(items)), evidence.right))
        self._estimated.observe(evidence)
