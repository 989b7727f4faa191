"""Badge criteria as a sentence for learners. Pure."""

from collections.abc import Mapping

from nexus_server.gamify.criteria.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Counted,
    Criterion,
    EventCount,
    EventFilter,
    EventSum,
    Field,
    NoneOf,
    Operator,
    StreakDays,
    StreakLength,
    Summed,
)
from nexus_server.learning import EventKind
from nexus_server.phrases import gettext_noop, phrase

#: what events of one kind are called; {n} is their number
DEEDS = {
    EventKind.NODE_COMPLETED: gettext_noop("Complete {n} step{s} of any roadmap"),
    EventKind.VIDEO_WATCHED: gettext_noop("Watch {n} video{s} to the end"),
    EventKind.QUIZ_PASSED: gettext_noop("Pass {n} quiz{zes}"),
    EventKind.LAB_GRADED: gettext_noop("Pass {n} lab{s}"),
    EventKind.POST_ACCEPTED: gettext_noop("Have {n} answer{s} accepted in the forum"),
    EventKind.DAILY_ACTIVITY: gettext_noop("Be here on {n} day{s}"),
}
PERFECT = {
    EventKind.QUIZ_PASSED: gettext_noop("Earn full marks in {n} quiz{zes}"),
    EventKind.LAB_GRADED: gettext_noop("Earn full marks in {n} lab{s}"),
}
DIFFERENT = {
    Counted.ROADMAP: gettext_noop("Achieve something in {n} different roadmap{s}"),
    Counted.DAY: gettext_noop("Achieve something on {n} day{s}"),
    Counted.WEEK: gettext_noop("Achieve something in {n} different week{s}"),
    Counted.KIND: gettext_noop("Achieve {n} different thing{s}"),
    Counted.NODE: gettext_noop("Achieve something in {n} different step{s}"),
}
SUMS = {
    Summed.XP: gettext_noop("Earn {n} XP"),
    Summed.SCORE: gettext_noop("Reach scores that add up to {n}"),
    Summed.BASE_POINTS: gettext_noop("Collect {n} point{s}"),
}
STREAKS = {
    StreakLength.LONGEST: gettext_noop("Learn on {n} day{s} in a row"),
    StreakLength.CURRENT: gettext_noop("Be on a streak of {n} day{s}"),
}
BOUNDS = {
    Operator.AT_LEAST: gettext_noop("{n}"),
    Operator.MORE_THAN: gettext_noop("more than {n}"),
    Operator.AT_MOST: gettext_noop("at most {n}"),
    Operator.LESS_THAN: gettext_noop("less than {n}"),
    Operator.EQUALS: gettext_noop("exactly {n}"),
}
FULL_MARKS = {Operator.AT_LEAST: 1.0}


def in_words(criterion: Criterion) -> str:
    """Return the criterion as a sentence without its full stop."""
    if isinstance(criterion, Comparison):
        return _compared(criterion)
    if isinstance(criterion, NoneOf):
        return f"Not: {_inner(criterion.part)}"
    joint = " and " if isinstance(criterion, AllOf) else " or "
    first, *others = criterion.parts
    return joint.join([in_words(first), *map(_inner, others)])


def _inner(criterion: Criterion) -> str:
    """Return the words of a part: small, and in brackets where it joins others itself."""
    words = in_words(criterion)
    words = words[:1].lower() + words[1:]
    return f"({words})" if isinstance(criterion, AllOf | AnyOf) and len(criterion.parts) > 1 else words


def _compared(criterion: Comparison) -> str:
    measure = criterion.measure
    one = criterion.number == 1
    number = phrase(BOUNDS[criterion.operator], n=criterion.number)
    plain = phrase(_deed(criterion), n=number, s="" if one else "s", zes="" if one else "zes")
    conditions = "" if isinstance(measure, StreakDays) else _conditions(measure.where)
    return plain + conditions if conditions else plain


def _deed(criterion: Comparison) -> str:
    measure = criterion.measure
    if isinstance(measure, StreakDays):
        return STREAKS[measure.which]
    if isinstance(measure, EventSum):
        return SUMS[measure.what]
    kinds = measure.where.texts.get(Field.KIND, frozenset())
    only = EventKind(next(iter(kinds))) if len(kinds) == 1 else None
    is_each = isinstance(measure, EventCount) or measure.what is Counted.NODE
    if only is not None and is_each:
        is_perfect = measure.where.numbers.get(Field.SCORE) == FULL_MARKS
        return PERFECT.get(only, DEEDS[only]) if is_perfect else DEEDS[only]
    return gettext_noop("Achieve {n} thing{s}") if isinstance(measure, EventCount) else DIFFERENT[measure.what]


def _conditions(where: EventFilter) -> str:
    parts = [f", {name.value.replace('_', ' ')} {_either(texts)}" for name, texts in sorted(where.texts.items())
             if name is not Field.KIND]  # fmt: skip
    parts += [f", {name.value.replace('_', ' ')} {_bounds(bounds)}" for name, bounds in sorted(where.numbers.items())
              if (name, bounds) != (Field.SCORE, FULL_MARKS)]  # fmt: skip
    if where.since:
        parts.append(f" since {where.since}")
    if where.until:
        parts.append(f" until {where.until}")
    if where.within_days:
        parts.append(f" within {where.within_days} day{'' if where.within_days == 1 else 's'}")
    return "".join(parts)


def _either(texts: frozenset[str]) -> str:
    return " or ".join(sorted(texts))


def _bounds(bounds: Mapping[Operator, float]) -> str:
    words = {**BOUNDS, Operator.AT_LEAST: "at least {n}", Operator.EQUALS: "{n}"}
    return " and ".join(words[bound].format(n=f"{number:g}") for bound, number in bounds.items())
