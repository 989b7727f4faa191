"""The metrics of the first release's criteria, as measures of the language."""

from collections.abc import Mapping
from enum import StrEnum

from nexus_server.gamify.criteria.expressions import (
    Counted,
    DistinctCount,
    EventCount,
    EventFilter,
    EventSum,
    Field,
    Measure,
    Operator,
    StreakDays,
    StreakLength,
    Summed,
)
from nexus_server.learning import EventKind


class Metric(StrEnum):
    """What could be counted about a learner."""

    NODES_COMPLETED = "nodes_completed"
    LABS_PASSED = "labs_passed"
    PERFECT_LABS = "perfect_labs"
    QUIZZES_PASSED = "quizzes_passed"
    POSTS_ACCEPTED = "posts_accepted"
    LONGEST_STREAK = "longest_streak"
    XP = "xp"


def _events(kind: EventKind, numbers: Mapping[Field, Mapping[Operator, float]] | None = None) -> EventFilter:
    return EventFilter({Field.KIND: frozenset({kind.value})}, numbers or {})


METRICS: Mapping[Metric, Measure] = {
    Metric.NODES_COMPLETED: EventCount(_events(EventKind.NODE_COMPLETED)),
    Metric.LABS_PASSED: DistinctCount(Counted.NODE, _events(EventKind.LAB_GRADED)),
    Metric.PERFECT_LABS: DistinctCount(
        Counted.NODE, _events(EventKind.LAB_GRADED, {Field.SCORE: {Operator.AT_LEAST: 1.0}})
    ),
    Metric.QUIZZES_PASSED: EventCount(_events(EventKind.QUIZ_PASSED)),
    Metric.POSTS_ACCEPTED: EventCount(_events(EventKind.POST_ACCEPTED)),
    Metric.LONGEST_STREAK: StreakDays(StreakLength.LONGEST),
    Metric.XP: EventSum(Summed.XP, EventFilter()),
}
