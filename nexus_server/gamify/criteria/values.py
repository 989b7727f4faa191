"""Checks of single values of badge criteria. Each returns the value, or puts a fault down and returns None."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from nexus_server.gamify.criteria.faults import Fault, FaultPath

#: larger than any count that means something
MAX_NUMBER = 1_000_000_000
MAX_LIST = 50
#: characters of a wrong value that are repeated in a message
SHOWN = 40

Choice = TypeVar("Choice", bound=StrEnum)


class FaultList:
    """What is wrong so far. Values may be whatever JSON and YAML have: dates, NaN, keys that are no texts."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.found: list[Fault] = []

    def add(self, path: FaultPath, message: str) -> None:
        """Put a fault down."""
        self.found.append(Fault(path, message))

    def mapping(self, value: object, path: FaultPath) -> Mapping[str, Any] | None:
        """Return a mapping whose keys are texts."""
        if not isinstance(value, Mapping):
            self.add(path, "a mapping (key: value) is expected here")
            return None
        if not all(isinstance(key, str) for key in value):
            self.add(path, "a key is not a text")
            return None
        return value

    def no_other_keys(self, mapping: Mapping[str, Any], known: Iterable[str], path: FaultPath) -> None:
        """Put each key down that is not known."""
        for key in mapping:
            if key not in known:
                self.add((*path, key), "there is no such key here")

    def one_key(self, mapping: Mapping[str, Any], names: Sequence[str], path: FaultPath) -> str | None:
        """Return which of the keys is there, when it is exactly one."""
        there = [name for name in names if name in mapping]
        if len(there) == 1:
            return there[0]
        if there:
            self.add((*path, there[1]), f"give either `{there[0]}` or `{there[1]}`, not both")
            return None
        self.add(path, f"one of these is missing: {', '.join(names)}")
        return None

    def non_empty_list(self, value: object, path: FaultPath) -> list[Any] | None:
        """Return a list of a sensible length."""
        if not isinstance(value, list) or not value:
            self.add(path, "a list with at least one entry is expected here")
            return None
        if len(value) > MAX_LIST:
            self.add(path, f"more than {MAX_LIST} entries")
            return None
        return value

    def choice(self, value: object, names: type[Choice], path: FaultPath) -> Choice | None:
        """Return the member of `names` that the value is."""
        if isinstance(value, str) and value in {name.value for name in names}:
            return names(value)
        self.add(path, f"{_shown(value)} is none of these: {', '.join(name.value for name in names)}")
        return None

    def whole_number(self, value: object, path: FaultPath, *, least: int) -> int | None:
        """Return a whole number that is not less than `least`."""
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= MAX_NUMBER:
            return value
        self.add(path, f"a whole number from {least} to {MAX_NUMBER:,} is expected, not {_shown(value)}")
        return None

    def number(self, value: object, path: FaultPath) -> float | None:
        """Return a finite number that is not negative."""
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MAX_NUMBER:
            return float(value)
        self.add(path, f"a number from 0 to {MAX_NUMBER:,} is expected, not {_shown(value)}")
        return None

    def day(self, value: object, path: FaultPath) -> date | None:
        """Return a date: ISO text, or what YAML makes of it."""
        if type(value) is date:
            return value
        try:
            if isinstance(value, str):
                return date.fromisoformat(value)
        except ValueError:
            pass  # said below
        self.add(path, f"a date such as 2026-11-30 is expected, not {_shown(value)}")
        return None


def _shown(value: object) -> str:
    """Return a wrong value for a message: short, whatever it is."""
    if value is None:
        return "nothing"
    if isinstance(value, int) and abs(value) > MAX_NUMBER:
        return "a number that large"
    if not isinstance(value, str | int | float):
        return f"a {type(value).__name__}"
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
