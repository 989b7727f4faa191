"""What a learner may do next, and why: a step back, a review that is due, or the next step of the way. Pure.

A map of concepts says what builds on what. A concept is *mastered* when a right answer is likely, *due* when it was and
no longer is, and *weak* when wrong answers are likely.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from nexus_server.mastery.model import ConceptState, LearnerState

MASTERED = 0.8
DUE = 0.65
WEAK = 0.5
#: a wrong answer before that speaks of then
RECENT = timedelta(days=14)


class AdviceKind(StrEnum):
    """Why something is next."""

    BACK = "back"
    REVIEW = "review"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class MappedConcept:
    """A concept of a map, what it needs, and the step that teaches it."""

    id: str
    title: str
    needs: tuple[str, ...] = ()
    taught: str = ""


@dataclass(frozen=True, slots=True)
class Attention:
    """A concept that is to be looked at before going on; `because` is the one that failed for want of it."""

    way: AdviceKind
    concept: MappedConcept
    estimate: float
    because: MappedConcept | None = None


class Knowledge:
    """What is known of a learner at a moment."""

    def __init__(self, learner: LearnerState, now: datetime) -> None:
        """`learner` is what the evidence says, up to `now`."""
        self._learner = learner
        self._now = now
        self._estimates: dict[str, float] = {}

    def state(self, concept: str) -> ConceptState:
        """Return a concept's state."""
        return self._learner.state(concept)

    def estimate(self, concept: str) -> float:
        """Return the probability of a right answer now."""
        found = self._estimates.get(concept)
        if found is None:
            found = self._estimates[concept] = self._learner.estimate(concept, self._now)
        return found

    def is_mastered(self, concept: str) -> bool:
        """Whether a right answer is likely, and one was given."""
        return self.state(concept).looks > 0 and self.estimate(concept) >= MASTERED

    def was_mastered(self, concept: str) -> bool:
        """Whether a right answer was likely once: what fades since is for reviews, and holds up nobody."""
        return self.state(concept).best >= MASTERED

    def is_due(self, concept: str) -> bool:
        """Whether it was mastered once, and is being forgotten."""
        return self.was_mastered(concept) and self.estimate(concept) < DUE

    def failed_lately(self, concept: str) -> bool:
        """Whether the last answer was wrong, not long ago, and the next one is likely to be."""
        state = self.state(concept)
        is_recent = state.at is not None and self._now - state.at <= RECENT
        return is_recent and state.last_right < WEAK and self.estimate(concept) < WEAK


def find_attention(concepts: Mapping[str, MappedConcept], knowledge: Knowledge) -> Attention | None:
    """Return what comes before going on, if anything: first what holds up, then what is being forgotten."""
    back = _steps_back(concepts, knowledge)
    reviews = (
        Attention(AdviceKind.REVIEW, concept, knowledge.estimate(concept.id))
        for concept in concepts.values()
        if knowledge.is_due(concept.id)
    )
    return _lowest(back) or _lowest(reviews)


def _steps_back(concepts: Mapping[str, MappedConcept], knowledge: Knowledge) -> Iterable[Attention]:
    for concept in concepts.values():
        if not knowledge.failed_lately(concept.id):
            continue
        for need in concept.needs:
            if need in concepts and knowledge.estimate(need) < DUE and knowledge.state(need).looks > 0:
                yield Attention(AdviceKind.BACK, concepts[need], knowledge.estimate(need), concept)


def _lowest(found: Iterable[Attention]) -> Attention | None:
    return min(found, key=lambda one: one.estimate, default=None)


def ready_concepts(order: Sequence[MappedConcept], knowledge: Knowledge) -> Iterator[MappedConcept]:
    """Yield the concepts that never were mastered and whose needs were: what is to be learnt now."""
    for concept in order:
        if not knowledge.was_mastered(concept.id) and all(map(knowledge.was_mastered, concept.needs)):
            yield concept


def next_concept(order: Sequence[MappedConcept], knowledge: Knowledge) -> MappedConcept | None:
    """Return the first concept that is to be learnt now, or that never was mastered; None: all were."""
    left = (concept for concept in order if not knowledge.was_mastered(concept.id))
    return next(ready_concepts(order, knowledge), None) or next(left, None)
