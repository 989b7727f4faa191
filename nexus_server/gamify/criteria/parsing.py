"""The language of badge criteria: from plain data (of JSON or YAML) to an expression, or to every fault with its place.

Version 1 is closed: a key that is not listed here is a fault. What criteria may cost is bounded by their number of
parts, their depth and the length of their lists. Criteria without a version are those of the first release,
``{"metric": …, "at_least": …}``, and mean what they meant.
"""

from collections.abc import Mapping
from typing import Any

from nexus_server.gamify.criteria.evaluation import History, progress_of
from nexus_server.gamify.criteria.events import EventFilters
from nexus_server.gamify.criteria.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Counted,
    Criterion,
    DistinctCount,
    EventCount,
    EventSum,
    Measure,
    NoneOf,
    Operator,
    StreakDays,
    StreakLength,
    Summed,
)
from nexus_server.gamify.criteria.faults import BadCriteriaError, FaultPath
from nexus_server.gamify.criteria.metrics import METRICS, Metric
from nexus_server.gamify.criteria.values import FaultList

VERSION = 1
MAX_DEPTH = 6
#: comparisons and joins together
MAX_PARTS = 40
JOINS = ("all", "any", "not")
MEASURES = ("count", "sum", "distinct", "streak")
WINDOW_KEYS = ("where", "since", "until", "within_days")
OPERATORS = tuple(operator.value for operator in Operator)
#: with these a badge would be earned by doing nothing
LEAST = {Operator.AT_LEAST: 1, Operator.LESS_THAN: 1}


def parse_criteria(data: object) -> Criterion:
    """Return what the criteria say.

    Raises:
        BadCriteriaError: they are none; it has every fault with its place.
    """
    faults = FaultList()
    criterion = _Parser(faults).root(data)
    if criterion is not None and not faults.found and progress_of(criterion, History()).is_met:
        faults.add((), "it would be earned by doing nothing")
    if faults.found or criterion is None:
        raise BadCriteriaError(faults.found)
    return criterion


class _Parser:
    """Parses one badge's criteria; what is wrong is put down, and None stands in its place."""

    def __init__(self, faults: FaultList) -> None:
        self._faults = faults
        self._filters = EventFilters(faults)
        self._parts = 0

    def root(self, data: object) -> Criterion | None:
        mapping = self._faults.mapping(data, ())
        if mapping is None:
            return None
        if "version" not in mapping:
            return self._first_release(mapping)
        if mapping["version"] is True or mapping["version"] != VERSION:
            self._faults.add(("version",), f"this is version {VERSION} of the language")
            return None
        return self._criterion({key: value for key, value in mapping.items() if key != "version"}, (), 1)

    def _first_release(self, mapping: Mapping[str, Any]) -> Criterion | None:
        if "metric" not in mapping:
            self._faults.add((), f"`version: {VERSION}` is missing")
            return None
        self._faults.no_other_keys(mapping, ("metric", "at_least"), ())
        metric = self._faults.choice(mapping["metric"], Metric, ("metric",))
        number = self._faults.whole_number(mapping.get("at_least"), ("at_least",), least=1)
        if metric is None or number is None:
            return None
        return Comparison(METRICS[metric], Operator.AT_LEAST, number)

    def _criterion(self, data: object, path: FaultPath, depth: int) -> Criterion | None:
        mapping = self._faults.mapping(data, path)
        if mapping is None:
            return None
        self._parts += 1
        if self._parts > MAX_PARTS:
            if self._parts == MAX_PARTS + 1:
                self._faults.add(path, f"there are more than {MAX_PARTS} parts")
            return None
        if depth > MAX_DEPTH:
            self._faults.add(path, f"nested more than {MAX_DEPTH} deep")
            return None
        kind = self._faults.one_key(mapping, JOINS + MEASURES, path)
        if kind in JOINS:
            return self._join(kind, mapping, path, depth)
        return self._comparison(kind, mapping, path) if kind else None

    def _join(self, kind: str, mapping: Mapping[str, Any], path: FaultPath, depth: int) -> Criterion | None:
        self._faults.no_other_keys(mapping, (kind,), path)
        here = (*path, kind)
        if kind == "not":
            part = self._criterion(mapping[kind], here, depth + 1)
            return NoneOf(part) if part is not None else None
        entries = self._faults.non_empty_list(mapping[kind], here)
        if entries is None:
            return None
        parsed = [self._criterion(entry, (*here, index), depth + 1) for index, entry in enumerate(entries)]
        parts = tuple(part for part in parsed if part is not None)
        return AllOf(parts) if kind == "all" else AnyOf(parts)

    def _comparison(self, kind: str, mapping: Mapping[str, Any], path: FaultPath) -> Criterion | None:
        window = () if kind == "streak" else WINDOW_KEYS
        self._faults.no_other_keys(mapping, (kind, *window, *OPERATORS), path)
        measure = self._measure(kind, mapping, path)
        name = self._faults.one_key(mapping, OPERATORS, path)
        if name is None:
            return None
        operator = Operator(name)
        number = self._faults.whole_number(mapping[name], (*path, name), least=LEAST.get(operator, 0))
        return Comparison(measure, operator, number) if measure is not None and number is not None else None

    def _measure(self, kind: str, mapping: Mapping[str, Any], path: FaultPath) -> Measure | None:
        here, value = (*path, kind), mapping[kind]
        if kind == "streak":
            which = self._faults.choice(value, StreakLength, here)
            return StreakDays(which) if which is not None else None
        where = self._filters.parse(mapping, path)
        if kind == "count":
            if value != "events":
                self._faults.add(here, "`count: events` is all that can be counted")
                return None
            return EventCount(where)
        if kind == "sum":
            summed = self._faults.choice(value, Summed, here)
            return EventSum(summed, where) if summed is not None else None
        counted = self._faults.choice(value, Counted, here)
        return DistinctCount(counted, where) if counted is not None else None
