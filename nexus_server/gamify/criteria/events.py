"""The part of the criteria that says which events are meant: `where`, `since`, `until` and `within_days`."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from nexus_server.gamify.criteria.expressions import EventFilter, Field, Operator
from nexus_server.gamify.criteria.faults import FaultPath
from nexus_server.gamify.criteria.values import FaultList
from nexus_server.learning import Difficulty, EventKind

MAX_DAYS = 366
SLUGS = {Field.ROADMAP: r"[a-z0-9-]{1,120}", Field.NODE: r"[a-z0-9-]{1,120}/[a-z0-9-]{1,120}"}
NUMBERS = (Field.SCORE, Field.BASE_POINTS, Field.HOUR)


class NodeType(StrEnum):
    """What a node can be."""

    VIDEO = "video"
    NOTE = "note"
    LAB = "lab"


class Weekday(StrEnum):
    """A day of the week, in the order of `date.weekday`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


CHOICES: Mapping[Field, type[StrEnum]] = {
    Field.KIND: EventKind,
    Field.NODE_TYPE: NodeType,
    Field.DIFFICULTY: Difficulty,
    Field.WEEKDAY: Weekday,
}


class EventFilters:
    """Parses filters; faults are put down in the list that all parts share."""

    def __init__(self, faults: FaultList) -> None:
        """Put faults into `faults`."""
        self._faults = faults

    def parse(self, comparison: Mapping[str, Any], path: FaultPath) -> EventFilter:
        """Return the filter of a comparison; what is wrong with it is left out, and put down."""
        texts: dict[Field, frozenset[str]] = {}
        numbers: dict[Field, Mapping[Operator, float]] = {}
        if "where" in comparison:
            self._where(comparison["where"], (*path, "where"), texts, numbers)
        since = self._faults.day(comparison["since"], (*path, "since")) if "since" in comparison else None
        until = self._faults.day(comparison["until"], (*path, "until")) if "until" in comparison else None
        if since is not None and until is not None and until < since:
            self._faults.add((*path, "until"), "is before `since`")
        return EventFilter(texts, numbers, since, until, self._within(comparison, path))

    def _within(self, comparison: Mapping[str, Any], path: FaultPath) -> int | None:
        if "within_days" not in comparison:
            return None
        here = (*path, "within_days")
        days = self._faults.whole_number(comparison["within_days"], here, least=1)
        if days is not None and days > MAX_DAYS:
            self._faults.add(here, f"at most {MAX_DAYS} days")
            return None
        return days

    def _where(
        self,
        data: object,
        path: FaultPath,
        texts: dict[Field, frozenset[str]],
        numbers: dict[Field, Mapping[Operator, float]],
    ) -> None:
        mapping = self._faults.mapping(data, path)
        for key, value in (mapping or {}).items():
            name = self._faults.choice(key, Field, (*path, key))
            if name in NUMBERS:
                numbers[name] = self._bounds(value, (*path, key))
            elif name is not None:
                texts[name] = self._names(name, value, (*path, key))

    def _names(self, name: Field, value: object, path: FaultPath) -> frozenset[str]:
        """Return the texts that are meant: one, or any of a list."""
        if not isinstance(value, list):
            return frozenset(filter(None, [self._name(name, value, path)]))
        entries = self._faults.non_empty_list(value, path) or []
        return frozenset(filter(None, (self._name(name, entry, (*path, index)) for index, entry in enumerate(entries))))

    def _name(self, name: Field, value: object, path: FaultPath) -> str | None:
        if name in CHOICES:
            found = self._faults.choice(value, CHOICES[name], path)
            return found.value if found is not None else None
        if isinstance(value, str) and re.fullmatch(SLUGS[name], value):
            return value
        example = "roadmap/node" if name is Field.NODE else "the slug of a roadmap"
        self._faults.add(path, f"{example} is expected here")
        return None

    def _bounds(self, value: object, path: FaultPath) -> Mapping[Operator, float]:
        """Return what a number must meet: equal to one, or within bounds."""
        if not isinstance(value, Mapping):
            number = self._faults.number(value, path)
            return {} if number is None else {Operator.EQUALS: number}
        bounds: dict[Operator, float] = {}
        mapping = self._faults.mapping(value, path) or {}
        if not mapping:
            self._faults.add(path, "a comparison is missing, such as `at_least`")
        for key, bound in mapping.items():
            operator = self._faults.choice(key, Operator, (*path, key))
            number = self._faults.number(bound, (*path, key))
            if operator is not None and number is not None:
                bounds[operator] = number
        return bounds
