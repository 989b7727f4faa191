"""Plain data across the border between a learner's process and the tests: JSON with tags, bounded, never pickle.

JSON's own scalars and arrays stand for themselves (an array is a list); everything else is ``{"t": tag, ...}``.
Subclasses of numbers, strings and containers cross as their base type, so an object's own `__eq__` never decides
anything here. What is not plain data crosses as a reference, which each side makes and resolves in its own way.
"""

import base64
import collections
import datetime
import decimal
import fractions
import json
import math
import sys
from typing import Any

MAX_CHARS = 16_000_000
MAX_NODES = 1_000_000
MAX_DEPTH = 60
SAFE_INT = 2**53
#: buffers that mean the same on both sides: booleans, integers, floats, complex, fixed strings and bytes, dates
ARRAY_KINDS = "biufcSUMm"
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
#: modules whose classes may be named across the border
NAMED_MODULES = ("builtins", "collections", "datetime", "decimal", "fractions", "numpy", "pandas")


class WireError(TypeError):
    """A value cannot cross: too large, too deep, or not what it claims to be."""


class Codec:
    """Turns values into JSON text and back. Subclasses decide what a reference is."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._nodes = 0

    def reference(self, value: Any) -> dict[str, Any]:
        """Describe a value that is not plain data."""
        raise WireError(f"a value of type {type(value).__name__} cannot be passed")

    def dereference(self, payload: dict[str, Any]) -> Any:
        """Find the value that a reference stands for."""
        raise WireError(f"an unknown reference: {payload.get('id')}")

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

    def _encode(self, value: Any, depth: int) -> Any:  # noqa: PLR0911  one line per kind
        self._count(depth)
        if value is None or value is True or value is False:
            return value
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
            return self._encode_array(numpy, value, depth)
        for base, encoder in _SCALARS:
            if isinstance(value, base) and not _is_enum(value):
                return encoder(value)
        if isinstance(value, tuple):
            return self._encode_tuple(value, depth)
        if isinstance(value, dict):
            return self._encode_dict(value, depth)
        for base, tag in _SEQUENCES:
            if isinstance(value, base):
                items = [self._encode(item, depth + 1) for item in base.__iter__(value)]
                return items if tag == "list" else {"t": tag, "v": items}
        if isinstance(value, type) and _is_named(value):
            return {"t": "type", "m": value.__module__, "v": value.__qualname__}
        return self._encode_library(value, depth)

    def _encode_tuple(self, value: Any, depth: int) -> dict[str, Any]:
        items = [self._encode(item, depth + 1) for item in tuple.__iter__(value)]
        fields = getattr(type(value), "_fields", None)
        if type(value) is not tuple and isinstance(fields, tuple) and len(fields) == len(items):
            return {"t": "namedtuple", "n": type(value).__name__, "f": [str(name) for name in fields], "v": items}
        return {"t": "tuple", "v": items}

    def _encode_dict(self, value: Any, depth: int) -> dict[str, Any]:
        pairs = [[self._encode(k, depth + 1), self._encode(v, depth + 1)] for k, v in dict.items(value)]
        tag = next((tag for base, tag in _DICTS if isinstance(value, base)), "dict")
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
        if tag in _DECODERS:
            return _DECODERS[tag](payload)
        if tag in _CONTAINERS:
            return _CONTAINERS[tag](self._decode(payload["v"], depth + 1))
        if tag == "namedtuple":
            return _namedtuple(payload)(*self._decode(payload["v"], depth + 1))
        return self._decode_library(tag, payload, depth + 1)

    def _decode_library(  # noqa: PLR0911  one line per kind
        self, tag: str, payload: dict[str, Any], depth: int
    ) -> Any:
        import numpy

        if tag in ("ndarray", "scalar"):
            array = _array(numpy, payload)
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


def _namedtuple(payload: dict[str, Any]) -> Any:
    fields = [str(name) for name in payload["f"]]
    return collections.namedtuple(str(payload["n"]), fields)  # noqa: PYI024  fields known at run time


def _array(numpy: Any, payload: dict[str, Any]) -> Any:
    """Rebuild an array from its buffer; numpy checks that sizes agree before anything is allocated."""
    dtype = numpy.dtype(str(payload["d"]))
    if dtype.kind not in ARRAY_KINDS:
        raise WireError("an array of an unknown type")
    data = bytearray(base64.b64decode(payload["v"]))
    return numpy.frombuffer(data, dtype=dtype).reshape([int(size) for size in payload["s"]])


def _is_enum(value: Any) -> bool:
    enum = sys.modules.get("enum")
    return enum is not None and isinstance(value, enum.Enum)


def _is_named(value: type) -> bool:
    module = value.__module__
    if not isinstance(module, str) or module.partition(".")[0] not in NAMED_MODULES:
        return False
    return getattr(sys.modules.get(module), value.__qualname__, None) is value


def _encode_int(value: Any) -> Any:
    number = int.__add__(value, 0)
    return number if abs(number) < SAFE_INT else {"t": "int", "v": hex(number)}


def _encode_float(value: Any) -> Any:
    number = float.__mul__(value, 1.0)
    return number if math.isfinite(number) else {"t": "float", "v": repr(number)}


_SCALARS: list[tuple[type, Any]] = [
    (int, _encode_int),
    (float, _encode_float),
    (str, str.__str__),
    (complex, lambda value: {"t": "complex", "v": [repr(value.real), repr(value.imag)]}),
    (bytes, lambda value: {"t": "bytes", "v": base64.b64encode(value).decode()}),
    (bytearray, lambda value: {"t": "bytearray", "v": base64.b64encode(value).decode()}),
    (range, lambda value: {"t": "range", "v": [hex(part) for part in (value.start, value.stop, value.step)]}),
    (type(...), lambda _value: {"t": "ellipsis"}),
    (decimal.Decimal, lambda value: {"t": "decimal", "v": decimal.Decimal.__str__(value)}),
    (fractions.Fraction, lambda value: {"t": "fraction", "v": [hex(value.numerator), hex(value.denominator)]}),
    (datetime.timedelta, lambda value: {"t": "timedelta", "v": [value.days, value.seconds, value.microseconds]}),
]
_ISO: list[tuple[type, str]] = [(datetime.datetime, "datetime"), (datetime.date, "date"), (datetime.time, "time")]


def _encode_moment(value: Any) -> Any:
    pandas = sys.modules.get("pandas")
    if pandas is not None and value is pandas.NaT:
        return {"t": "missing", "v": "NaT"}
    if pandas is not None and isinstance(value, pandas.Timestamp):
        return {"t": "timestamp", "v": value.isoformat()}
    return {"t": next(tag for base, tag in _ISO if isinstance(value, base)), "v": value.isoformat()}


_SCALARS += [(base, _encode_moment) for base, _ in _ISO]
_SEQUENCES: list[tuple[Any, str]] = [
    (list, "list"),
    (set, "set"),
    (frozenset, "frozenset"),
    (collections.deque, "deque"),
    (type({}.keys()), "keys"),
    (type({}.values()), "values"),
    (type({}.items()), "items"),
]
_DICTS: list[tuple[type, str]] = [
    (collections.Counter, "counter"),
    (collections.OrderedDict, "ordereddict"),
    (collections.defaultdict, "defaultdict"),
]


def _named_type(payload: dict[str, Any]) -> type:
    module = str(payload["m"])
    if module.partition(".")[0] not in NAMED_MODULES:
        raise WireError("an unknown type")
    found = getattr(sys.modules.get(module), str(payload["v"]), None)
    if not isinstance(found, type):
        raise WireError("an unknown type")
    return found


def _timestamp(payload: dict[str, Any]) -> Any:
    import pandas

    return pandas.Timestamp(str(payload["v"]))


_DECODERS: dict[str, Any] = {
    "int": lambda p: int(p["v"], 16),
    "float": lambda p: float(p["v"]),
    "complex": lambda p: complex(float(p["v"][0]), float(p["v"][1])),
    "bytes": lambda p: base64.b64decode(p["v"]),
    "bytearray": lambda p: bytearray(base64.b64decode(p["v"])),
    "range": lambda p: range(*[int(part, 16) for part in p["v"]]),
    "ellipsis": lambda _p: ...,
    "decimal": lambda p: decimal.Decimal(str(p["v"])),
    "fraction": lambda p: fractions.Fraction(int(p["v"][0], 16), int(p["v"][1], 16)),
    "timedelta": lambda p: datetime.timedelta(int(p["v"][0]), int(p["v"][1]), int(p["v"][2])),
    "datetime": lambda p: datetime.datetime.fromisoformat(p["v"]),
    "date": lambda p: datetime.date.fromisoformat(p["v"]),
    "time": lambda p: datetime.time.fromisoformat(p["v"]),
    "timestamp": _timestamp,
    "type": _named_type,
}
_CONTAINERS: dict[str, Any] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": collections.deque,
    "keys": lambda items: dict.fromkeys(items).keys(),
    "values": lambda items: dict(enumerate(items)).values(),
    "items": lambda items: dict(items).items(),
    "dict": dict,
    "counter": lambda pairs: collections.Counter(dict(pairs)),
    "ordereddict": collections.OrderedDict,
    "defaultdict": lambda pairs: collections.defaultdict(None, pairs),
}
