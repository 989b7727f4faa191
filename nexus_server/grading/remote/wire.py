"""Plain data across the border between a learner's process and the tests: JSON with tags, bounded, never pickle.

JSON's own scalars and arrays stand for themselves (an array is a list); everything else is ``{"t": tag, ...}``.
Subclasses of numbers, strings and containers cross as their base type, so an object's own `__eq__` never decides
anything here. What is not plain data crosses as a reference, which each side makes and resolves in its own way.
"""

import base64
import json
import sys
from collections.abc import Mapping
from typing import Any

from nexus_server.grading.remote.kinds import (
    ARRAY_KINDS,
    CONTAINERS,
    DECODERS,
    DICTS,
    SCALARS,
    SEQUENCES,
    WireError,
    array_of,
    is_enum,
    is_frozen,
    is_named,
    namedtuple_of,
)

MAX_CHARS = 16_000_000
MAX_NODES = 1_000_000
MAX_DEPTH = 60
#: binary operators of the `operator` module that cross as questions
ARITHMETIC = (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and_",
    "or_",
    "xor",
    "lshift",
    "rshift",
)


class Codec:
    """Turns values into JSON text and back. Subclasses decide what a reference is."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._nodes = 0
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
        found = self.namespace().get(name) if name in self.given_classes else None
        return found if isinstance(found, type) else None

    def dumps(self, value: Any) -> str:
        """Encode one value as JSON text.

        Raises:
            WireError: it is too large or too deep.
        """
        text = json.dumps(self.encode(value), separators=(",", ":"))
        if len(text) > MAX_CHARS:
            raise WireError("the value is too large")
        return text

    def encode(self, value: Any) -> Any:
        """Encode one value, counting from zero."""
        self._nodes = 0
        return self._encode(value, 0)

    def decode(self, payload: Any) -> Any:
        """Decode what `encode` made.

        Raises:
            WireError: it was not made by `encode`.
        """
        self._nodes = 0
        try:
            return self._decode(payload, 0)
        except WireError:
            raise
        except (ArithmeticError, AttributeError, ImportError, LookupError, TypeError, ValueError) as exc:
            raise WireError("a value that makes no sense") from exc

    def _count(self, depth: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise WireError("the value is too large or too deep")

    # --- encoding ---

    def _encode(self, value: Any, depth: int) -> Any:  # noqa: C901, PLR0911  one line per kind
        self._count(depth)
        if value is None or value is True or value is False:
            return value
        if type(value).__name__ in self.kept_classes and not hasattr(type(value), "_fields"):
            return self.reference(value)
        if self.given_classes and (given := self._encode_given(value, depth)):
            return given
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
            return self._encode_array(numpy, value, depth)
        for base, encoder in SCALARS:
            if isinstance(value, base) and not is_enum(value):
                return encoder(value)
        if isinstance(value, tuple):
            return self._encode_tuple(value, depth)
        if isinstance(value, dict):
            return self._encode_dict(value, depth)
        for base, tag in SEQUENCES:
            if isinstance(value, base):
                items = [self._encode(item, depth + 1) for item in base.__iter__(value)]
                return items if tag == "list" else {"t": tag, "v": items}
        if isinstance(value, type) and is_named(value):
            return {"t": "type", "m": value.__module__, "v": value.__qualname__}
        return self._encode_library(value, depth)

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

    def _encode_tuple(self, value: Any, depth: int) -> dict[str, Any]:
        items = [self._encode(item, depth + 1) for item in tuple.__iter__(value)]
        fields = getattr(type(value), "_fields", None)
        if type(value) is not tuple and isinstance(fields, tuple) and len(fields) == len(items):
            return {"t": "namedtuple", "n": type(value).__name__, "f": [str(name) for name in fields], "v": items}
        return {"t": "tuple", "v": items}

    def _encode_dict(self, value: Any, depth: int) -> dict[str, Any]:
        pairs = [[self._encode(k, depth + 1), self._encode(v, depth + 1)] for k, v in dict.items(value)]
        tag = next((tag for base, tag in DICTS if isinstance(value, base)), "dict")
        return {"t": tag, "v": pairs}

    def _encode_library(self, value: Any, depth: int) -> Any:
        pandas = sys.modules.get("pandas")
        if pandas is not None and (found := self._encode_pandas(pandas, value, depth)) is not None:
            return found
        return self.reference(value)

    def _encode_array(self, numpy: Any, value: Any, depth: int) -> Any:
        array = numpy.asarray(value)
        tag = "ndarray" if isinstance(value, numpy.ndarray) else "scalar"
        if array.dtype.hasobject:
            items = [self._encode(item, depth + 1) for item in array.ravel().tolist()]
            return {"t": "objects", "s": list(array.shape), "v": items}
        if array.dtype.kind not in ARRAY_KINDS:
            return self.reference(value)
        if array.nbytes > MAX_CHARS // 2:
            raise WireError("the array is too large")
        data = base64.b64encode(numpy.ascontiguousarray(array).tobytes()).decode()
        return {"t": tag, "d": array.dtype.str, "s": list(array.shape), "v": data}

    def _encode_pandas(self, pandas: Any, value: Any, depth: int) -> Any:
        if value is pandas.NaT or value is pandas.NA:
            return {"t": "missing", "v": "NaT" if value is pandas.NaT else "NA"}
        if isinstance(value, pandas.DataFrame):
            columns = [self._encode(value.iloc[:, number], depth + 1) for number in range(value.shape[1])]
            return {
                "t": "frame",
                "c": self._encode(value.columns, depth + 1),
                "v": columns,
                "i": self._encode(value.index, depth + 1),
            }
        if isinstance(value, pandas.Series):
            return {
                "t": "series",
                "n": self._encode(value.name, depth + 1),
                "i": self._encode(value.index, depth + 1),
                **self._column(value, depth),
            }
        if isinstance(value, pandas.MultiIndex):
            return {
                "t": "multiindex",
                "v": self._encode(value.tolist(), depth + 1),
                "n": self._encode(list(value.names), depth + 1),
            }
        if isinstance(value, pandas.Index):
            return {"t": "index", "n": self._encode(value.name, depth + 1), **self._column(value, depth)}
        return None

    def _column(self, value: Any, depth: int) -> dict[str, Any]:
        """Encode a column's values: numpy's as an array, pandas' own types as a list with the type's name."""
        dtype = value.dtype
        if getattr(dtype, "kind", "") in ARRAY_KINDS and type(dtype).__module__.startswith("numpy"):
            return {"v": self._encode(value.to_numpy(), depth + 1), "d": None}
        items = {"v": self._encode(list(value), depth + 1), "d": str(dtype)}
        if items["d"] == "category":
            items["k"] = self._encode(list(dtype.categories), depth + 1)
            items["o"] = bool(dtype.ordered)
        return items

    # --- decoding ---

    def _decode(self, payload: Any, depth: int) -> Any:  # noqa: PLR0911  one line per kind
        self._count(depth)
        if payload is None or isinstance(payload, bool | int | float | str):
            return payload
        if isinstance(payload, list):
            return [self._decode(item, depth + 1) for item in payload]
        if not isinstance(payload, dict):
            raise WireError("an unknown kind of value")
        tag = payload["t"]
        if tag == "ref":
            return self.dereference(payload)
        if tag in DECODERS:
            return DECODERS[tag](payload)
        if tag in CONTAINERS:
            return CONTAINERS[tag](self._decode(payload["v"], depth + 1))
        if tag == "namedtuple":
            return self._named_tuple(payload, self._decode(payload["v"], depth + 1))
        if tag in ("given", "member", "record"):
            return self._given(payload, depth + 1)
        return self._decode_library(tag, payload, depth + 1)

    def _named_tuple(self, payload: dict[str, Any], items: list[Any]) -> Any:
        given = self.given_class(payload["n"])
        if given is not None and issubclass(given, tuple) and list(getattr(given, "_fields", ())) == payload["f"]:
            return tuple.__new__(given, items)
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

    def _decode_library(  # noqa: PLR0911  one line per kind
        self, tag: str, payload: dict[str, Any], depth: int
    ) -> Any:
        import numpy

        if tag in ("ndarray", "scalar"):
            array = array_of(numpy, payload)
            return array if tag == "ndarray" else array[()]
        if tag == "objects":
            items = self._decode(payload["v"], depth)
            array = numpy.empty(len(items), dtype=object)
            array[:] = items
            return array.reshape([int(size) for size in payload["s"]])
        import pandas

        if tag == "missing":
            return pandas.NaT if payload["v"] == "NaT" else pandas.NA
        if tag == "multiindex":
            return pandas.MultiIndex.from_tuples(
                self._decode(payload["v"], depth), names=self._decode(payload["n"], depth)
            )
        if tag == "frame":
            return self._frame(pandas, payload, depth)
        values, dtype = self._decode(payload["v"], depth), payload["d"]
        if dtype == "category":
            dtype = pandas.CategoricalDtype(self._decode(payload["k"], depth), ordered=bool(payload["o"]))
        name = self._decode(payload["n"], depth)
        if tag == "index":
            return pandas.Index(values, dtype=dtype, name=name)
        if tag == "series":
            return pandas.Series(values, index=self._decode(payload["i"], depth), dtype=dtype, name=name)
        raise WireError("an unknown kind of value")

    def _frame(self, pandas: Any, payload: dict[str, Any], depth: int) -> Any:
        index, columns = self._decode(payload["i"], depth), self._decode(payload["c"], depth)
        parts = [self._decode(column, depth) for column in payload["v"]]
        for part in parts:
            part.index = index
        frame = pandas.concat(parts, axis=1) if parts else pandas.DataFrame(index=index)
        frame.columns = columns
        return frame
