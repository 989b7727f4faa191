"""The language of badge criteria: what it means, and that whatever is wrong is said with its place."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus_server.gamify.criteria.evaluation import Fact, History, progress_of
from nexus_server.gamify.criteria.expressions import Criterion
from nexus_server.gamify.criteria.faults import BadCriteriaError, Fault, FaultPath
from nexus_server.gamify.criteria.parsing import MAX_DEPTH, MAX_PARTS, parse_criteria
from nexus_server.gamify.criteria.words import in_words

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)  # a Monday


def fact(kind: str = "node_completed", *, hours: float = 0, **values: Any) -> Fact:
    at = NOON + timedelta(hours=hours)
    return Fact(kind=kind, occurred_at=at, day=at.date(), hour=at.hour, **values)


def measured(history: History, **comparison: Any) -> int:
    """Return what a comparison measures: the largest number that it is still at least."""
    reached = 0
    while progress_of(parse_criteria({"version": 1, **comparison, "at_least": reached + 1}), history).is_met:
        reached += 1
    return reached


WEEK = History(
    (
        fact(node_key="a", roadmap="python", node="python/loops", node_type="note", difficulty="beginner", xp=10),
        fact("quiz_passed", hours=1, node_key="a", roadmap="python", node="python/loops", score=1.0),
        fact(hours=30, node_key="b", roadmap="python", node="python/lists", node_type="lab", score=0.8, xp=40),
        fact("lab_graded", hours=30, node_key="b", roadmap="python", node="python/lists", score=0.8),
        fact(hours=8 * 24, node_key="c", roadmap="data", node="data/tables", difficulty="advanced", xp=60),
        fact("daily_activity", hours=8 * 24),
    ),
    xp=115,
    streak=1,
    longest_streak=2,
)


@pytest.mark.parametrize(
    ("comparison", "value"),
    [
        ({"count": "events"}, 6),
        ({"count": "events", "where": {"kind": "node_completed"}}, 3),
        ({"count": "events", "where": {"kind": ["quiz_passed", "lab_graded"]}}, 2),
        ({"count": "events", "where": {"roadmap": "python", "score": {"at_least": 0.8}}}, 3),
        ({"count": "events", "where": {"score": {"more_than": 0.8, "at_most": 1}}}, 1),
        ({"count": "events", "where": {"score": 0.8}}, 2),
        ({"count": "events", "where": {"node": ["python/loops", "data/tables"]}}, 3),
        ({"count": "events", "where": {"node_type": "lab"}}, 1),
        ({"count": "events", "where": {"difficulty": "advanced"}}, 1),
        ({"count": "events", "where": {"weekday": "tuesday"}}, 4),
        ({"count": "events", "where": {"hour": {"at_least": 13}}}, 3),
        ({"count": "events", "since": "2026-11-17"}, 4),
        ({"count": "events", "until": date(2026, 11, 16)}, 2),
        ({"count": "events", "within_days": 1}, 2),
        ({"count": "events", "within_days": 2}, 4),
        ({"sum": "xp"}, 115),
        ({"sum": "xp", "where": {"roadmap": "python"}}, 50),
        ({"sum": "xp", "within_days": 6}, 60),
        ({"sum": "score", "where": {"kind": "node_completed"}}, 0),
        ({"distinct": "node"}, 3),
        ({"distinct": "node", "within_days": 2}, 2),
        ({"distinct": "roadmap"}, 2),
        ({"distinct": "day"}, 3),
        ({"distinct": "week"}, 2),
        ({"distinct": "kind", "where": {"roadmap": "data"}}, 1),
        ({"streak": "current"}, 1),
        ({"streak": "longest"}, 2),
    ],
    ids=str,
)
def test_measures(comparison: dict[str, Any], value: int) -> None:
    assert measured(WEEK, **comparison) == value


STEP = {"count": "events", "at_least": 1}


@pytest.mark.parametrize(
    ("criteria", "met", "done", "goal"),
    [
        ({"count": "events", "at_least": 10}, False, 6, 10),
        ({"count": "events", "at_least": 4}, True, 4, 4),
        ({"count": "events", "more_than": 6}, False, 6, 7),
        ({"count": "events", "more_than": 5}, True, 6, 6),
        ({"count": "events", "equals": 6}, True, 1, 1),
        ({"all": [STEP, {"count": "events", "at_least": 9}, {"sum": "xp", "at_least": 100}]}, False, 2, 3),
        ({"any": [{"count": "events", "at_least": 60}, {"sum": "xp", "at_least": 230}]}, False, 115, 230),
        ({"any": [{"count": "events", "at_least": 60}, STEP]}, True, 1, 1),
        ({"all": [STEP, {"not": {"sum": "xp", "at_least": 500}}]}, True, 2, 2),
        ({"all": [STEP, {"not": {"sum": "xp", "at_least": 100}}]}, False, 1, 2),
        ({"all": [STEP, {"count": "events", "where": {"kind": "post_accepted"}, "at_most": 0}]}, True, 2, 2),
    ],
    ids=str,
)
def test_progress(criteria: dict[str, Any], met: bool, done: int, goal: int) -> None:  # noqa: FBT001
    progress = progress_of(parse_criteria({"version": 1, **criteria}), WEEK)
    assert (progress.is_met, progress.done, progress.goal) == (met, done, goal)


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        ({"metric": "labs_passed", "at_least": 1}, "Pass 1 lab"),
        ({"metric": "quizzes_passed", "at_least": 5}, "Pass 5 quizzes"),
        ({"metric": "perfect_labs", "at_least": 3}, "Earn full marks in 3 labs"),
        ({"metric": "xp", "at_least": 501}, "Earn 501 XP"),
        (
            {"version": 1, "count": "events", "where": {"kind": "lab_graded", "roadmap": "python"}, "at_least": 2},
            "Pass 2 labs, roadmap python",
        ),
        (
            {"version": 1, "all": [STEP, {"any": [STEP, {"not": {"streak": "current", "more_than": 2}}]}]},
            "Achieve 1 thing and (achieve 1 thing or not: be on a streak of more than 2 days)",
        ),
        (
            {"version": 1, "distinct": "day", "since": "2026-12-01", "within_days": 7, "at_least": 5},
            "Achieve something on 5 days since 2026-12-01 within 7 days",
        ),
    ],
)
def test_words(criteria: dict[str, Any], words: str) -> None:
    assert in_words(parse_criteria(criteria)) == words


def nested(depth: int) -> dict[str, Any]:
    return STEP if depth == 1 else {"all": [nested(depth - 1)]}


@pytest.mark.parametrize(
    ("criteria", "path", "message"),
    [
        ([], (), "a mapping (key: value) is expected here"),
        ({}, (), "`version: 1` is missing"),
        ({"version": 2, **STEP}, ("version",), "this is version 1 of the language"),
        ({"version": True, **STEP}, ("version",), "this is version 1 of the language"),
        ({"metric": "hats", "at_least": 1}, ("metric",), "'hats' is none of these"),
        ({"metric": "xp", "at_least": 0}, ("at_least",), "a whole number from 1"),
        ({"version": 1}, (), "one of these is missing: all, any, not, count, sum, distinct, streak"),
        ({"version": 1, "all": []}, ("all",), "a list with at least one entry"),
        ({"version": 1, "all": [STEP] * 51}, ("all",), "more than 50 entries"),
        ({"version": 1, "all": [STEP], "any": [STEP]}, ("any",), "give either `all` or `any`, not both"),
        ({"version": 1, "all": [STEP, {**STEP, "hat": 1}]}, ("all", 1, "hat"), "there is no such key here"),
        ({"version": 1, "count": "labs", "at_least": 1}, ("count",), "`count: events`"),
        ({"version": 1, "count": "events"}, (), "one of these is missing: at_least"),
        ({"version": 1, "count": "events", "at_least": True}, ("at_least",), "not True"),
        ({"version": 1, "count": "events", "at_least": 10**400}, ("at_least",), "not a number that large"),
        ({"version": 1, **STEP, "where": {"mood": "good"}}, ("where", "mood"), "'mood' is none of these"),
        ({"version": 1, **STEP, "where": {"kind": ["x"]}}, ("where", "kind", 0), "'x' is none of these"),
        ({"version": 1, **STEP, "where": {"node": "loops"}}, ("where", "node"), "roadmap/node is expected here"),
        ({"version": 1, **STEP, "where": {"score": math.nan}}, ("where", "score"), "not nan"),
        ({"version": 1, **STEP, "where": {"score": {"at_lest": 1}}}, ("where", "score", "at_lest"), "none of these"),
        ({"version": 1, **STEP, "where": {"score": {}}}, ("where", "score"), "a comparison is missing"),
        ({"version": 1, **STEP, "where": {3: 1}}, ("where",), "a key is not a text"),
        ({"version": 1, **STEP, "since": "monday"}, ("since",), "a date such as"),
        ({"version": 1, **STEP, "since": "2026-12-02", "until": "2026-12-01"}, ("until",), "is before `since`"),
        ({"version": 1, **STEP, "within_days": 400}, ("within_days",), "at most 366 days"),
        ({"version": 1, "streak": "best", "at_least": 2}, ("streak",), "'best' is none of these: current, longest"),
        ({"version": 1, "streak": "longest", "at_least": 2, "since": "2026-12-01"}, ("since",), "no such key here"),
        ({"version": 1, "not": STEP}, (), "earned by doing nothing"),
        ({"version": 1, **nested(MAX_DEPTH + 1)}, ("all", 0) * MAX_DEPTH, "nested more than 6 deep"),
        ({"version": 1, "all": [STEP] * MAX_PARTS}, ("all", MAX_PARTS - 1), "more than 40 parts"),
    ],
    ids=str,
)
def test_faults_are_said_with_their_place(criteria: object, path: FaultPath, message: str) -> None:
    with pytest.raises(BadCriteriaError) as raised:
        parse_criteria(criteria)
    assert [fault.path for fault in raised.value.faults] == [path]
    assert message in raised.value.faults[0].message


def test_every_fault_is_said_at_once() -> None:
    criteria = {"version": 1, "all": [{"count": "hats", "at_least": -1}, {"streak": "x", "at_least": 1}]}
    with pytest.raises(BadCriteriaError) as raised:
        parse_criteria(criteria)
    assert [fault.path for fault in raised.value.faults] == [
        ("all", 0, "count"),
        ("all", 0, "at_least"),
        ("all", 1, "streak"),
    ]
    assert str(raised.value.faults[1]).startswith("all[0].at_least: ")


def test_what_is_exactly_at_the_bounds_is_taken() -> None:
    assert progress_of(parse_criteria({"version": 1, **nested(MAX_DEPTH)}), WEEK).is_met
    assert progress_of(parse_criteria({"version": 1, "all": [STEP] * (MAX_PARTS - 1)}), WEEK).goal == MAX_PARTS - 1


KEYS = st.sampled_from(
    ["version", "all", "any", "not", "count", "sum", "distinct", "streak", "where", "since", "until", "within_days",
     "at_least", "more_than", "at_most", "less_than", "equals", "kind", "score", "node", "metric", "hour"]
)  # fmt: skip
WORDS = st.sampled_from(["events", "xp", "node", "longest", "lab_graded", "2026-12-01", "python/loops", "", "\ud800"])
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS, st.dates(), st.datetimes(), st.text())
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(KEYS, LEAVES), inner, max_size=4)),
    max_leaves=20,
)


@given(ANYTHING)
def test_whatever_is_given_is_taken_or_refused_with_a_place_that_is_there(data: object) -> None:
    try:
        criterion = parse_criteria(data)
    except BadCriteriaError as error:
        faults = error.faults
    else:
        _is_usable(criterion)
        return
    assert faults
    for fault in faults:
        find(data, fault)
        assert str(fault).encode("utf-8", "backslashreplace")


def _is_usable(criterion: Criterion) -> None:
    assert in_words(criterion)
    progress = progress_of(criterion, WEEK)
    assert 0 <= progress.done <= progress.goal


def find(data: Any, fault: Fault) -> Any:
    """Go where the fault points; everything up to there is in the data."""
    for part in fault.path:
        data = data[part]
    return data


CONDITIONS = st.fixed_dictionaries(
    {}, optional={"kind": st.sampled_from(["lab_graded", "quiz_passed"]), "score": st.floats(0, 1)}
)
COMPARISONS = st.builds(
    lambda where, days, n: {"count": "events", "where": where, "within_days": days, "at_least": n},
    CONDITIONS,
    st.integers(1, 366),
    st.integers(1, 9),
)
EXPRESSIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
    ),
    max_leaves=8,
)


def places(data: Any, path: FaultPath = ()) -> Iterator[FaultPath]:
    """Tell where the comparisons of an expression are."""
    if "count" in data:
        yield path
    for key in ("all", "any"):
        for index, part in enumerate(data.get(key, [])):
            yield from places(part, (*path, key, index))


@given(EXPRESSIONS, st.data())
def test_a_fault_put_anywhere_is_the_only_one_and_is_found_there(
    expression: dict[str, Any], data: st.DataObject
) -> None:
    there = list(places(expression))
    path = data.draw(st.sampled_from(there))
    broken = _with(expression, path, {"count": "events", "where": {"score": "high"}, "at_least": 1})
    with pytest.raises(BadCriteriaError) as raised:
        parse_criteria({"version": 1, **broken})
    if not any("deep" in fault.message for fault in raised.value.faults):
        assert [fault.path for fault in raised.value.faults] == [(*path, "where", "score")]


def _with(data: Any, path: FaultPath, value: object) -> Any:
    if not path:
        return value
    key, index, *rest = path
    return {key: [_with(part, tuple(rest), value) if n == index else part for n, part in enumerate(data[key])]}


@given(st.lists(st.tuples(st.integers(0, 24 * 40), st.sampled_from("abc")), max_size=12), st.integers(1, 20))
def test_the_best_stretch_is_the_best_of_all_that_begin_with_an_event(events: list[tuple[int, str]], days: int) -> None:
    history = History(tuple(fact(hours=hours, node_key=node) for hours, node in events))
    stretches = [{node for hours, node in events if 0 <= hours - start < 24 * days} for start, _ in events]
    assert measured(history, distinct="node", within_days=days) == max(map(len, stretches), default=0)
