"""Which objects of a message are one and the same: rows that a table holds twice, an argument within a result.

A test sees by a change, or by `is`, whether two names mean one object. So what can change is written once, and named
wherever it comes again. Both sides number the arguments of a call alike, by walking them in one order.
"""

import array
import collections
import types
from collections.abc import Iterable, Iterator
from typing import Any

from nexus_server.grading.remote.kinds import NotWholeError

#: kinds that can change
MUTABLE = (list, dict, set, bytearray, collections.deque, array.array, types.SimpleNamespace)
MUTABLE_TABLES = frozenset({"ndarray", "matrix", "recarray", "MaskedArray", "DataFrame", "Series"})
_LIBRARIES = ("numpy", "pandas")
_CONTAINERS: tuple[Any, ...] = (list, tuple, collections.deque)


def is_mutable(value: Any) -> bool:
    """Whether a value is plain data that can change."""
    kind = type(value)
    if isinstance(value, MUTABLE):
        return True
    return kind.__name__ in MUTABLE_TABLES and str(kind.__module__).partition(".")[0] in _LIBRARIES


def mutable_objects(values: Iterable[Any], kept_classes: frozenset[str] = frozenset()) -> list[Any]:
    """Return what can change in values and within their containers: each object once, outer ones first.

    Objects of `kept_classes` are no plain data, and are left out.
    """
    found: dict[int, Any] = {}
    entered: dict[int, Any] = {}
    waiting = collections.deque(values)
    while waiting:
        value = waiting.popleft()
        if id(value) in entered or type(value).__name__ in kept_classes:
            continue
        if is_mutable(value):
            found[id(value)] = value
        elif not isinstance(value, tuple):
            continue
        entered[id(value)] = value
        waiting.extend(_within(value))
    return list(found.values())


def _within(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from dict.keys(value)
        yield from dict.values(value)
    elif isinstance(value, types.SimpleNamespace):
        yield from vars(value).values()
    for base in _CONTAINERS:
        if isinstance(value, base):
            yield from base.__iter__(value)


class Content:
    """What is in an object that both sides have; by itself it would be named only."""

    __slots__ = ("target",)

    def __init__(self, target: Any) -> None:
        """`target` is one of the message's known objects."""
        self.target = target


class ObjectNumbers:
    """The objects of one message that can change, by the numbers that name them."""

    def __init__(self, known: Iterable[Any]) -> None:
        """`known` are the objects that the other side has, too, in one order on both."""
        self._numbers = {id(value): number for number, value in enumerate(known)}
        self._count = len(self._numbers)
        #: by address, and kept, so that no other object gets an address that was seen
        self._seen: dict[int, Any] = {}
        self._repeated: set[int] = set()
        #: addresses of objects that are being written
        self._open: set[int] = set()
        self._is_second = False

    def has_repeated(self) -> bool:
        """Whether objects came again, which have to be named: then all is written a second time."""
        self._is_second = True
        return bool(self._repeated)

    def find_number(self, value: Any) -> int | None:
        """Return the number of an object that was written before, or that the other side has.

        Raises:
            NotWholeError: it holds itself.
        """
        key = id(value)
        if key in self._numbers:
            return self._numbers[key]
        if key in self._open:
            raise NotWholeError("a value that holds itself cannot cross whole")
        if key in self._seen and not self._is_second:
            self._repeated.add(key)
            return 0
        self._seen[key] = value
        return None

    def is_named_later(self, value: Any) -> bool:
        """Whether an object, which is written now, comes again."""
        is_repeated = self._is_second and id(value) in self._repeated
        if is_repeated:
            self._open.add(id(value))
        return is_repeated

    def give_number(self, value: Any) -> int:
        """Number an object that has been written."""
        number = self._numbers[id(value)] = self._count
        self._count += 1
        return number
