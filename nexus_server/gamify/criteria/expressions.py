"""What badge criteria say, once they are parsed: a tree of comparisons. Pure.

A *measure* makes a number of a learner's history; a *comparison* holds it against a number; `AllOf`, `AnyOf` and
`NoneOf` join comparisons. A *filter* says which events of the history a measure looks at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Operator(StrEnum):
    """How a value is compared with a number."""

    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    EQUALS = "equals"


class Field(StrEnum):
    """What filters may ask of an event."""

    KIND = "kind"
    ROADMAP = "roadmap"
    #: ``roadmap/node``, by slug
    NODE = "node"
    NODE_TYPE = "node_type"
    DIFFICULTY = "difficulty"
    WEEKDAY = "weekday"
    #: share of the points, 0 to 1
    SCORE = "score"
    BASE_POINTS = "base_points"
    #: hour of the learner's day, 0 to 23
    HOUR = "hour"


class Summed(StrEnum):
    """What may be added up over events."""

    XP = "xp"
    SCORE = "score"
    BASE_POINTS = "base_points"


class Counted(StrEnum):
    """What different ones may be counted of."""

    NODE = "node"
    ROADMAP = "roadmap"
    DAY = "day"
    WEEK = "week"
    KIND = "kind"


class StreakLength(StrEnum):
    """Which streak is meant."""

    CURRENT = "current"
    LONGEST = "longest"


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events a measure looks at: those that meet every condition, in the days that are named.

    With `within_days` the best stretch of that many times 24 hours counts.
    """

    texts: Mapping[Field, frozenset[str]] = field(default_factory=dict)
    numbers: Mapping[Field, Mapping[Operator, float]] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    within_days: int | None = None


@dataclass(frozen=True, slots=True)
class EventCount:
    """How many events there are."""

    where: EventFilter


@dataclass(frozen=True, slots=True)
class EventSum:
    """What a number of each event adds up to."""

    what: Summed
    where: EventFilter


@dataclass(frozen=True, slots=True)
class DistinctCount:
    """How many different values the events have; events without one do not count."""

    what: Counted
    where: EventFilter


@dataclass(frozen=True, slots=True)
class StreakDays:
    """Days of a streak."""

    which: StreakLength


Measure = EventCount | EventSum | DistinctCount | StreakDays


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure held against a number."""

    measure: Measure
    operator: Operator
    number: int


@dataclass(frozen=True, slots=True)
class AllOf:
    """Met when every part is."""

    parts: "tuple[Criterion, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Met when one part is."""

    parts: "tuple[Criterion, ...]"


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Met when the part is not."""

    part: "Criterion"


Criterion = Comparison | AllOf | AnyOf | NoneOf
