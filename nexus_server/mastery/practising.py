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
#: tasks in a session, while there are items for the rest of its time
MOST_TASKS = 2

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
    return _mixed(_ranked(chances, knowledge), MOST_OF_ONE)[:most]


def rank_tasks(chances: Iterable[Chance[Thing]], knowledge: Knowledge) -> list[Pick[Thing]]:
    """Return the tasks that there is something to gain from: one for each concept, the most urgent first; then more."""
    ranked = _ranked(chances, knowledge)
    return _mixed([pick for pick in ranked if not knowledge.is_mastered(pick.concept)], 1)


def most_tasks() -> int:
    """Return how many tasks fit into a session that has no item."""
    return SESSION_MIN // TASK_MIN


def share_time(items: int, tasks: int) -> tuple[int, int]:
    """Return how many of so many items and tasks make a session; where items are few, a task takes their time."""
    chosen = min(tasks, MOST_TASKS)
    shown = min(items, (SESSION_MIN - TASK_MIN * chosen) // ITEM_MIN)
    left = SESSION_MIN - TASK_MIN * chosen - ITEM_MIN * shown
    return shown, min(tasks, chosen + left // TASK_MIN)


def _mixed(ranked: Iterable[Pick[Thing]], most_of_one: int) -> list[Pick[Thing]]:
    """Return the picks with at most so many of one concept before the rest of them."""
    counts: Counter[str] = Counter()
    first: list[Pick[Thing]] = []
    rest: list[Pick[Thing]] = []
    for pick in ranked:
        counts[pick.concept] += 1
        (first if counts[pick.concept] <= most_of_one else rest).append(pick)
    return [*first, *rest]


def _ranked(chances: Iterable[Chance[Thing]], knowledge: Knowledge) -> Sequence[Pick[Thing]]:
    picks = [
        Pick(chance.thing, min(chance.concepts, key=lambda concept: _urgency(concept, knowledge)))
        for chance in chances
        if chance.concepts
    ]
    return sorted(picks, key=lambda pick: _urgency(pick.concept, knowledge))


def _urgency(concept: str, knowledge: Knowledge) -> tuple[bool, float]:
    return (not knowledge.is_due(concept), knowledge.estimate(concept))
