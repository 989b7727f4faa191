"""The kinds of plain data that cross the border, and how each is written and read: tables for the codec."""

import base64
import collections
import datetime
import decimal
import fractions
import math
import sys
from typing import Any

SAFE_INT = 2**53
#: buffers that mean the same on both sides: booleans, integers, floats, complex, fixed strings and bytes, dates
ARRAY_KINDS = "biufcSUMm"
#: modules whose classes may be named across the border
NAMED_MODULES = ("builtins", "collections", "datetime", "decimal", "fractions", "numpy", "pandas")


class WireError(TypeError):
    """A value cannot cross: too large, too deep, or not what it claims to be."""


def namedtuple_of(payload: dict[str, Any]) -> Any:
    """Make the class of a named tuple from its name and fields."""
    fields = [str(name) for name in payload["f"]]
    return collections.namedtuple(str(payload["n"]), fields)  # noqa: PYI024  fields known at run time


def array_of(numpy: Any, payload: dict[str, Any]) -> Any:
    """Rebuild an array from its buffer; numpy checks that sizes agree before anything is allocated."""
    dtype = numpy.dtype(str(payload["d"]))
    if dtype.kind not in ARRAY_KINDS:
        raise WireError("an array of an unknown type")
    data = bytearray(base64.b64decode(payload["v"]))
    return numpy.frombuffer(data, dtype=dtype).reshape([int(size) for size in payload["s"]])


def is_enum(value: Any) -> bool:
    """Whether a value is a member of an enumeration; its number alone would not be the same thing."""
    enum = sys.modules.get("enum")
    return enum is not None and isinstance(value, enum.Enum)


def is_frozen(kind: type) -> bool:
    """Whether a class is a data class whose objects do not change."""
    parameters = getattr(kind, "__dataclass_params__", None)
    return parameters is not None and parameters.frozen is True


def is_named(value: type) -> bool:
    """Whether a class is the one that both sides know by this module and name."""
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


SCALARS: list[tuple[type, Any]] = [
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


SCALARS += [(base, _encode_moment) for base, _ in _ISO]
SEQUENCES: list[tuple[Any, str]] = [
    (list, "list"),
    (set, "set"),
    (frozenset, "frozenset"),
    (collections.deque, "deque"),
    (type({}.keys()), "keys"),
    (type({}.values()), "values"),
    (type({}.items()), "items"),
]
DICTS: list[tuple[type, str]] = [
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


DECODERS: dict[str, Any] = {
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
CONTAINERS: dict[str, Any] = {
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
