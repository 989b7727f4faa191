"""Which items and tasks a practice session is made of. Pure.

What is being forgotten comes first, then what is not known well, the least likely before. Items of different concepts
alternate: mixed practice is remembered better than blocks (D. Rohrer, K. Taylor, "The shuffling of mathematics problems
improves learning", Instructional Science 35, 2007).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from nexus_server.mastery.choosing import Knowledge

#: how long a session is, and what of it an item and a task are reckoned to take
SESSION_MIN = 10
ITEM_MIN = 1
TASK_MIN = 3
#: items about one concept in a session, while there are others
MOST_OF_ONE = 2

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Chance(Generic[Thing]):
    """An item or a task that may be practised, and the concepts that it shows."""

    thing: Thing
    concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pick(Generic[Thing]):
    """What was chosen, and the concept that it was chosen for."""

    thing: Thing
    concept: str


def pick_items(chances: Iterable[Chance[Thing]], knowledge: Knowledge, most: int) -> list[Pick[Thing]]:
    """Return at most `most` items, the most urgent first."""
    ranked = _ranked(chances, knowledge)
    counts: Counter[str] = Counter()
    first: list[Pick[Thing]] = []
    rest: list[Pick[Thing]] = []
    for pick in ranked:
        counts[pick.concept] += 1
        (first if counts[pick.concept] <= MOST_OF_ONE else rest).append(pick)
    return [*first, *rest][:most]


def pick_task(chances: Iterable[Chance[Thing]], knowledge: Knowledge) -> Pick[Thing] | None:
    """Return the task that shows the most urgent concept; None where there is nothing to gain."""
    ranked = _ranked(chances, knowledge)
    return next((pick for pick in ranked if not knowledge.is_mastered(pick.concept)), None)


def item_count(*, with_task: bool) -> int:
    """Return how many items fit into a session."""
    return (SESSION_MIN - (TASK_MIN if with_task else 0)) // ITEM_MIN


def _ranked(chances: Iterable[Chance[Thing]], knowledge: Knowledge) -> Sequence[Pick[Thing]]:
    picks = [
        Pick(chance.thing, min(chance.concepts, key=lambda concept: _urgency(concept, knowledge)))
        for chance in chances
        if chance.concepts
    ]
    return sorted(picks, key=lambda pick: _urgency(pick.concept, knowledge))


def _urgency(concept: str, knowledge: Knowledge) -> tuple[bool, float]:
    return (not knowledge.is_due(concept), knowledge.estimate(concept))
