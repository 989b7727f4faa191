"""Plain data across the border between a learner's process and the tests: JSON with tags, bounded, never pickle.

JSON's own scalars and arrays stand for themselves (an array is a list); everything else is ``{"t": tag, ...}``.
Subclasses of numbers, strings and containers cross as their base type, so an object's own `__eq__` never decides
anything here. What is not plain data crosses as a reference, which each side makes and resolves in its own way.
"""

import collections
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from nexus_server.grading.remote.kinds import (
    CONTAINERS,
    DECODERS,
    DICTS,
    PLAIN_CONTAINERS,
    PLAIN_SCALARS,
    SCALARS,
    SEQUENCES,
    NotWholeError,
    Part,
    WireError,
    encode_simple,
    is_data,
    is_enum,
    is_frozen,
    is_named,
    require_own,
)
from nexus_server.grading.remote.named_tuples import (
    is_librarys_tuple,
    is_plain_named_tuple,
    librarys_tuple,
    namedtuple_of,
)
from nexus_server.grading.remote.numpy_kinds import NUMPY_TAGS, decode_numpy, encode_numpy
from nexus_server.grading.remote.pandas_kinds import decode_pandas, encode_pandas
from nexus_server.grading.remote.sharing import Content, ObjectNumbers, is_mutable

MAX_CHARS = 16_000_000
MAX_NODES = 1_000_000
MAX_DEPTH = 60
TOO_LARGE = "the value is too large or too deep"


def written(message: Mapping[str, Any]) -> str:
    """Write a message about encoded values.

    Raises:
        NotWholeError: it is longer than what is read at once.
    """
    text = json.dumps(message, separators=(",", ":"))
    if len(text) > MAX_CHARS:
        raise NotWholeError(TOO_LARGE)
    return text


class Codec:
    """Turns values into what JSON can hold, and back. Subclasses decide what a reference is."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._nodes = 0
        self._written = ObjectNumbers(())
        #: objects of the message that is read, by the numbers that name them
        self._named: dict[int, Any] = {}
        #: names of classes whose objects stay where they are, even where they are numbers or containers by descent
        self.kept_classes: frozenset[str] = frozenset()
        #: names of immutable classes that the instructor's notebook gives to both sides: see `given_class`
        self.given_classes: frozenset[str] = frozenset()

    def reference(self, value: Any) -> dict[str, Any]:
        """Describe a value that is not plain data."""
        raise WireError(f"a value of type {type(value).__name__} cannot be passed")

    def dereference(self, payload: dict[str, Any]) -> Any:
        """Find the value that a reference stands for."""
        raise WireError(f"an unknown reference: {payload.get('id')}")

    def namespace(self) -> Mapping[str, Any]:
        """Return the notebook's names on this side."""
        return {}

    def given_class(self, name: Any) -> Any:
        """Return this side's own class of a name that the instructor gave to both, or None."""
        return self._own_class(name) if name in self.given_classes else None

    def _own_class(self, name: Any) -> Any:
        found = self.namespace().get(name)
        return found if isinstance(found, type) else None

    def encode(self, value: Any, known: Iterable[Any] = ()) -> Any:
        """Encode one value, counting from zero; objects that the other side has, too, are named by their place.

        Raises:
            NotWholeError: it is too large, too deep, holds itself, or is of a kind that cannot cross.
            WireError: it is not what it claims to be.
        """
        self._written = ObjectNumbers(known)
        self._nodes = 0
        payload = self._encode(value, 0)
        if self._written.has_repeated():
            self._nodes = 0
            payload = self._encode(value, 0)
        return payload

    def decode(self, payload: Any, known: Iterable[Any] = ()) -> Any:
        """Decode what `encode` made, given the same known objects.

        Raises:
            WireError: it was not made by `encode`.
        """
        self._nodes = 0
        self._named = dict(enumerate(known))
        try:
            return self._decode(payload, 0)
        except WireError:
            raise
        except (ArithmeticError, AttributeError, ImportError, LookupError, TypeError, ValueError) as exc:
            raise WireError("a value that makes no sense") from exc

    def _has_room(self, depth: int) -> bool:
        self._nodes += 1
        return self._nodes <= MAX_NODES and depth <= MAX_DEPTH

    # --- encoding ---

    def _encode(self, value: Any, depth: int) -> Any:
        if not self._has_room(depth):
            raise NotWholeError(TOO_LARGE)
        if value is None or value is True or value is False:
            return value
        if (plain := PLAIN_SCALARS.get(type(value))) is not None:
            return plain(value)
        if type(value) is Content:
            return self._encode_whole(value.target, depth)
        is_named = is_mutable(value) and type(value).__name__ not in self.kept_classes
        return self._encode_named(value, depth) if is_named else self._encode_whole(value, depth)

    def _encode_named(self, value: Any, depth: int) -> Any:
        """Write an object that can change, or name it if the message has it already."""
        if (number := self._written.find_number(value)) is not None:
            return {"t": "same", "n": number}
        if not self._written.is_named_later(value):
            return self._encode_whole(value, depth)
        payload = self._encode_whole(value, depth + 1)
        return {"t": "shared", "n": self._written.give_number(value), "v": payload}

    def _encode_whole(self, value: Any, depth: int) -> Any:  # noqa: PLR0911  one line per kind
        kind = type(value)
        if kind.__name__ in self.kept_classes and not is_plain_named_tuple(kind):
            return self.reference(value)
        if self.given_classes and (given := self._encode_given(value, depth)):
            return given
        part = self._part(depth, encode=True)
        if kind not in PLAIN_CONTAINERS and (found := self._encode_library(value, part)) is not None:
            return found
        for base, encoder in SCALARS:
            if isinstance(value, base) and not is_enum(value):
                require_own(value, base)
                return encoder(value)
        if (found := encode_simple(value, part)) is not None:
            return found
        if (found := self._encode_container(value, part)) is not None:
            return found
        if isinstance(value, type) and is_named(value):
            return {"t": "type", "m": value.__module__, "v": value.__qualname__}
        if is_data(value):
            raise NotWholeError(f"a value of type {type(value).__name__} cannot cross whole")
        return self.reference(value)

    def _part(self, depth: int, *, encode: bool) -> Part:
        method = self._encode if encode else self._decode
        return lambda value: method(value, depth + 1)

    def _encode_library(self, value: Any, part: Part) -> Any:
        """Write a value of NumPy's or pandas', if these are there."""
        numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
        if numpy is not None and hasattr(numpy, "ma") and (found := encode_numpy(numpy, value, part)) is not None:
            return found
        return encode_pandas(pandas, value, part) if pandas is not None and hasattr(pandas, "DataFrame") else None

    def _encode_container(self, value: Any, part: Part) -> Any:
        if isinstance(value, tuple):
            return self._encode_tuple(value, part)
        if isinstance(value, dict):
            return self._encode_dict(value, part)
        for base, tag in SEQUENCES:
            if isinstance(value, base):
                require_own(value, base)
                items = [part(item) for item in base.__iter__(value)]
                length = {"l": value.maxlen} if tag == "deque" else {}
                return items if tag == "list" else {"t": tag, "v": items, **length}
        return None

    def _encode_given(self, value: Any, depth: int) -> dict[str, Any] | None:
        """Name a class that both sides have, a member of such an enumeration, or the fields of a frozen data class."""
        if isinstance(value, type):
            return {"t": "given", "c": value.__name__} if self.given_class(value.__name__) is value else None
        kind = type(value)
        if self.given_class(kind.__name__) is not kind:
            return None
        if is_enum(value):
            name = next((name for name, member in kind.__members__.items() if member is value), None)
            return None if name is None else {"t": "member", "c": kind.__name__, "v": name}
        if is_frozen(kind):
            fields = [[name, self._encode(getattr(value, name), depth + 1)] for name in kind.__dataclass_fields__]
            return {"t": "record", "c": kind.__name__, "v": fields}
        return None

    def _encode_tuple(self, value: Any, part: Part) -> dict[str, Any]:
        items = [part(item) for item in tuple.__iter__(value)]
        if is_librarys_tuple(type(value)):
            return {"t": "library_tuple", "m": type(value).__module__, "n": type(value).__qualname__, "v": items}
        require_own(value, tuple)
        fields = getattr(type(value), "_fields", None)
        if type(value) is not tuple and isinstance(fields, tuple) and len(fields) == len(items):
            return {"t": "namedtuple", "n": type(value).__name__, "f": [str(name) for name in fields], "v": items}
        return {"t": "tuple", "v": items}

    def _encode_dict(self, value: Any, part: Part) -> dict[str, Any]:
        base, tag = next((base, tag) for base, tag in DICTS if isinstance(value, base))
        require_own(value, base)
        pairs = [[part(k), part(v)] for k, v in dict.items(value)]
        return {"t": tag, "v": pairs, **({"c": part(value.default_factory)} if tag == "defaultdict" else {})}

    # --- decoding ---

    def _decode(self, payload: Any, depth: int) -> Any:  # noqa: C901, PLR0911  one line per kind
        if not self._has_room(depth):
            raise WireError(TOO_LARGE)
        if payload is None or isinstance(payload, bool | int | float | str):
            return payload
        if isinstance(payload, list):
            return [self._decode(item, depth + 1) for item in payload]
        if not isinstance(payload, dict):
            raise WireError("an unknown kind of value")
        tag = payload["t"]
        if tag == "ref":
            return self.dereference(payload)
        if tag in ("same", "shared"):
            return self._decode_named(payload, depth)
        if tag in DECODERS:
            return DECODERS[tag](payload)
        if tag in CONTAINERS:
            return CONTAINERS[tag](self._decode(payload["v"], depth + 1))
        if tag == "deque":
            length = payload["l"]
            return collections.deque(self._decode(payload["v"], depth + 1), None if length is None else int(length))
        if tag == "defaultdict":
            factory = self._decode(payload["c"], depth + 1)
            return collections.defaultdict(factory, self._decode(payload["v"], depth + 1))
        if tag == "namedtuple":
            return self._named_tuple(payload, self._decode(payload["v"], depth + 1))
        if tag in ("given", "member", "record"):
            return self._given(payload, depth + 1)
        return self._decode_library(tag, payload, self._part(depth, encode=False))

    def _decode_named(self, payload: dict[str, Any], depth: int) -> Any:
        number = payload["n"]
        if payload["t"] == "shared":
            self._named[number] = self._decode(payload["v"], depth + 1)
        return self._named[number]

    def _named_tuple(self, payload: dict[str, Any], items: list[Any]) -> Any:
        # One that the assignment asks for comes back to its class.
        own = self._own_class(payload["n"]) if payload["n"] in self.given_classes | self.kept_classes else None
        if own is not None and issubclass(own, tuple) and list(getattr(own, "_fields", ())) == payload["f"]:
            return tuple.__new__(own, items)
        return namedtuple_of(payload)(*items)

    def _given(self, payload: dict[str, Any], depth: int) -> Any:
        given = self.given_class(payload["c"])
        if given is None:
            raise WireError("an unknown class")
        if payload["t"] == "given":
            return given
        if payload["t"] == "member":
            return given.__members__[payload["v"]]
        if not is_frozen(given):
            raise WireError("an unknown class")
        values = {str(name): self._decode(value, depth) for name, value in payload["v"]}
        made = object.__new__(given)
        # The constructor may compute fields; what it computed has crossed.
        for name in given.__dataclass_fields__:
            object.__setattr__(made, name, values[name])
        return made

    def _decode_library(self, tag: str, payload: dict[str, Any], part: Part) -> Any:
        if tag == "library_tuple":
            return tuple.__new__(librarys_tuple(payload), part(payload["v"]))
        if tag in NUMPY_TAGS:
            import numpy

            return decode_numpy(numpy, tag, payload, part)
        import pandas

        return decode_pandas(pandas, tag, payload, part)
