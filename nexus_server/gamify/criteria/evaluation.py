"""How far a learner's history meets badge criteria. Pure: linear in events times parts."""

import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from nexus_server.gamify.criteria.events import Weekday
from nexus_server.gamify.criteria.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Counted,
    Criterion,
    DistinctCount,
    EventCount,
    EventFilter,
    EventSum,
    Field,
    Measure,
    NoneOf,
    Operator,
    StreakDays,
    StreakLength,
    Summed,
)

COMPARE: Mapping[Operator, Callable[[float, float], bool]] = {
    Operator.AT_LEAST: operator.ge,
    Operator.MORE_THAN: operator.gt,
    Operator.AT_MOST: operator.le,
    Operator.LESS_THAN: operator.lt,
    Operator.EQUALS: operator.eq,
}
WEEKDAYS = list(Weekday)


@dataclass(frozen=True, slots=True)
class Fact:
    """One learning event, as criteria see it. `day` and `hour` are the learner's own."""

    kind: str
    occurred_at: datetime
    day: date
    hour: int
    #: what tells nodes apart, whatever they are called
    node_key: Hashable = None
    node: str | None = None
    node_type: str | None = None
    roadmap: str | None = None
    difficulty: str | None = None
    score: float | None = None
    base_points: int = 0
    xp: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """Everything that a learner did, oldest first, and where it led."""

    facts: Sequence[Fact] = ()
    xp: int = 0
    streak: int = 0
    longest_streak: int = 0
    #: the facts of each kind, made of `facts`
    by_kind: Mapping[str, Sequence[Fact]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the facts by kind: most criteria ask for one."""
        by_kind: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            by_kind[fact.kind].append(fact)
        object.__setattr__(self, "by_kind", dict(by_kind))

    def meant(self, where: EventFilter) -> list[Fact]:
        """Return the facts that a filter means."""
        kinds = where.texts.get(Field.KIND, frozenset())
        if len(kinds) != 1:
            return [fact for fact in self.facts if _is_meant(fact, where)]
        facts = self.by_kind.get(next(iter(kinds)), ())
        if where == EventFilter({Field.KIND: kinds}, within_days=where.within_days):
            return list(facts)
        return [fact for fact in facts if _is_meant(fact, where)]


@dataclass(frozen=True, slots=True)
class BadgeProgress:
    """How far a learner is: `done` of `goal`."""

    is_met: bool
    done: int
    goal: int


def progress_of(criterion: Criterion, history: History) -> BadgeProgress:
    """Return how far the history meets the criterion."""
    match criterion:
        case Comparison():
            return _of_comparison(criterion, history)
        case AllOf():
            return _of_all(criterion, history)
        case AnyOf():
            return _of_any(criterion, history)
        case NoneOf():
            return _whole(not progress_of(criterion.part, history).is_met)


def _of_comparison(criterion: Comparison, history: History) -> BadgeProgress:
    value = measured(criterion.measure, history)
    is_met = COMPARE[criterion.operator](value, criterion.number)
    if criterion.operator is Operator.AT_LEAST:
        return BadgeProgress(is_met, min(int(value), criterion.number), criterion.number)
    if criterion.operator is Operator.MORE_THAN:
        return BadgeProgress(is_met, min(int(value), criterion.number + is_met), criterion.number + 1)
    return _whole(is_met)


def _of_all(criterion: AllOf, history: History) -> BadgeProgress:
    parts = [progress_of(part, history) for part in criterion.parts]
    if len(parts) == 1:
        return parts[0]
    return BadgeProgress(all(part.is_met for part in parts), sum(part.is_met for part in parts), len(parts))


def _of_any(criterion: AnyOf, history: History) -> BadgeProgress:
    """The part that is nearest to its goal speaks for all."""
    return max((progress_of(part, history) for part in criterion.parts), key=lambda part: (part.is_met, _share(part)))


def _whole(is_met: bool) -> BadgeProgress:  # noqa: FBT001  it is the value itself
    return BadgeProgress(is_met, int(is_met), 1)


def _share(progress: BadgeProgress) -> float:
    return progress.done / progress.goal


def measured(measure: Measure, history: History) -> float:
    """Return the number that the measure makes of the history."""
    if isinstance(measure, StreakDays):
        return history.streak if measure.which is StreakLength.CURRENT else history.longest_streak
    if isinstance(measure, EventSum) and measure.what is Summed.XP and measure.where == EventFilter():
        return history.xp
    facts = history.meant(measure.where)
    if measure.where.within_days is None:
        return _total(measure, facts)
    return _best_stretch(measure, facts, timedelta(days=measure.where.within_days))


def _total(measure: EventCount | EventSum | DistinctCount, facts: Sequence[Fact]) -> float:
    if isinstance(measure, EventCount):
        return len(facts)
    if isinstance(measure, EventSum):
        return sum(_summand(fact, measure.what) for fact in facts)
    return len({key for fact in facts if (key := _key(fact, measure.what)) is not None})


def _best_stretch(measure: EventCount | EventSum | DistinctCount, facts: Sequence[Fact], length: timedelta) -> float:
    """Return the measure's largest value over stretches of a length, whose end is not part of them."""
    return max(_of_stretches(measure, facts, length), default=0)


def _of_stretches(
    measure: EventCount | EventSum | DistinctCount, facts: Sequence[Fact], length: timedelta
) -> Iterator[float]:
    ordered = sorted(facts, key=lambda fact: fact.occurred_at)
    start, total, keys = 0, 0.0, Counter[Hashable]()
    for fact in ordered:
        while fact.occurred_at - ordered[start].occurred_at >= length:
            left, start = ordered[start], start + 1
            total -= _amount(measure, left)
            _count(keys, measure, left, -1)
        total += _amount(measure, fact)
        _count(keys, measure, fact, 1)
        yield len(keys) if isinstance(measure, DistinctCount) else total


def _amount(measure: EventCount | EventSum | DistinctCount, fact: Fact) -> float:
    return _summand(fact, measure.what) if isinstance(measure, EventSum) else 1


def _count(keys: "Counter[Hashable]", measure: EventCount | EventSum | DistinctCount, fact: Fact, step: int) -> None:
    if isinstance(measure, DistinctCount) and (key := _key(fact, measure.what)) is not None:
        keys[key] += step
        if not keys[key]:
            del keys[key]


def _summand(fact: Fact, what: Summed) -> float:
    return {Summed.XP: fact.xp, Summed.SCORE: fact.score or 0.0, Summed.BASE_POINTS: fact.base_points}[what]


def _key(fact: Fact, what: Counted) -> Hashable:
    match what:
        case Counted.NODE:
            return fact.node_key
        case Counted.ROADMAP:
            return fact.roadmap
        case Counted.DAY:
            return fact.day
        case Counted.WEEK:
            return fact.day.isocalendar()[:2]
        case Counted.KIND:
            return fact.kind


def _is_meant(fact: Fact, where: EventFilter) -> bool:
    if (where.since and fact.day < where.since) or (where.until and fact.day > where.until):
        return False
    if not all(_text(fact, name) in wanted for name, wanted in where.texts.items()):
        return False
    return all(_is_within(_number(fact, name), bounds) for name, bounds in where.numbers.items())


def _text(fact: Fact, name: Field) -> str | None:
    if name is Field.WEEKDAY:
        return WEEKDAYS[fact.day.weekday()].value
    found: str | None = getattr(fact, name.value)
    return found


def _number(fact: Fact, name: Field) -> float | None:
    found: float | None = getattr(fact, name.value)
    return found


def _is_within(value: float | None, bounds: Mapping[Operator, float]) -> bool:
    return value is not None and all(COMPARE[bound](value, number) for bound, number in bounds.items())
