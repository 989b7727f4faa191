"""The kinds of plain data that cross the border, and how each is written and read: tables for the codec."""

import array
import base64
import collections
import collections.abc
import datetime
import decimal
import fractions
import ipaddress
import math
import pathlib
import re
import sys
import time
import types
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

SAFE_INT = 2**53
ISO_DATE = type(datetime.date.min.isocalendar())
#: modules whose classes may be named across the border
NAMED_MODULES = ("builtins", "collections", "datetime", "decimal", "fractions", "numpy", "pandas", "uuid", "pathlib")
#: where the files of libraries lie, beside Python's own
LIBRARIES = ("site-packages", "dist-packages")
#: file names of code that a notebook may have written
NOTEBOOK_CODE = ("/tmp/ipykernel_", "<ipython", "<string>", "<stdin>")  # noqa: S108  no file of ours
#: writes or reads a part of a value
Part = Callable[[Any], Any]


class WireError(TypeError):
    """A value cannot cross: it is not what it claims to be, or nothing that the other side could know."""


class NotWholeError(WireError):
    """A value cannot cross unchanged: the test that asked for it has to run where the value is."""


def is_librarys(kind: type) -> bool:
    """Whether a class is found in a library, and none of what it does was written in a notebook."""
    name = str(kind.__module__)
    home = sys.modules.get(name)
    if home is None or vars(home).get(kind.__qualname__) is not kind or name == "__main__":
        return False
    if name.partition(".")[0] not in sys.stdlib_module_names:
        folders = str(getattr(home, "__file__", "")).split("/")
        if not any(library in folders for library in LIBRARIES):
            return False
    codes = (getattr(method, "__code__", None) for base in kind.__mro__ for method in vars(base).values())
    return not any(code is not None and code.co_filename.startswith(NOTEBOOK_CODE) for code in codes)


def is_data(value: Any) -> bool:
    """Whether an object of a library's class is a value, which tests compare, and nothing that they only call."""
    kind = type(value)
    compare: Any = kind.__eq__
    is_value = compare is not object.__eq__ or isinstance(value, BaseException)
    return is_value and not callable(value) and not hasattr(kind, "__next__") and is_librarys(kind)


def require_own(value: Any, base: type) -> None:
    """Let pass a base class's own objects, and those of a notebook's class, which cross as their base.

    Raises:
        NotWholeError: a library made more of its base.
    """
    if type(value) is not base and is_librarys(type(value)):
        raise NotWholeError(f"a value of type {type(value).__name__} cannot cross whole")


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


def _bytes(data: Any) -> str:
    return base64.b64encode(data).decode()


SCALARS: list[tuple[type, Any]] = [
    (int, _encode_int),
    (float, _encode_float),
    (str, str.__str__),
    (complex, lambda value: {"t": "complex", "v": [repr(value.real), repr(value.imag)]}),
    (bytes, lambda value: {"t": "bytes", "v": _bytes(value)}),
    (bytearray, lambda value: {"t": "bytearray", "v": _bytes(value)}),
    (range, lambda value: {"t": "range", "v": [hex(part) for part in (value.start, value.stop, value.step)]}),
    (type(...), lambda _value: {"t": "ellipsis"}),
    (type(NotImplemented), lambda _value: {"t": "notimplemented"}),
    (decimal.Decimal, lambda value: {"t": "decimal", "v": decimal.Decimal.__str__(value)}),
    (fractions.Fraction, lambda value: {"t": "fraction", "v": [hex(value.numerator), hex(value.denominator)]}),
    (datetime.timedelta, lambda value: {"t": "timedelta", "v": [value.days, value.seconds, value.microseconds]}),
    (uuid.UUID, lambda value: {"t": "uuid", "v": value.hex}),
    (re.Pattern, lambda value: {"t": "pattern", "v": _pattern_text(value), "f": value.flags}),
]
_PATHS = (pathlib.PosixPath, pathlib.PurePosixPath, pathlib.PureWindowsPath)
_ADDRESSES = tuple(
    getattr(ipaddress, f"IPv{version}{kind}") for version in (4, 6) for kind in ("Interface", "Address", "Network")
)
#: kinds that are made anew from their text
NAMED_TEXTS: dict[str, type] = {kind.__name__: kind for kind in (*_PATHS, *_ADDRESSES)}


def _pattern_text(value: Any) -> Any:
    return value.pattern if isinstance(value.pattern, str) else {"t": "bytes", "v": _bytes(value.pattern)}


#: kinds that come most often, by their exact type
PLAIN_SCALARS: dict[type, Any] = {kind: dict(SCALARS)[kind] for kind in (int, float, str)}
PLAIN_CONTAINERS = frozenset({list, tuple, dict, set, frozenset})
SEQUENCES: list[tuple[Any, str]] = [
    (list, "list"),
    (set, "set"),
    (frozenset, "frozenset"),
    (collections.deque, "deque"),
    (type({}.keys()), "keys"),
    (type({}.values()), "values"),
    (type({}.items()), "items"),
    # what a learner's own mapping gives
    (collections.abc.KeysView, "keys"),
    (collections.abc.ValuesView, "values"),
    (collections.abc.ItemsView, "items"),
]
DICTS: list[tuple[type, str]] = [
    (collections.Counter, "counter"),
    (collections.OrderedDict, "ordereddict"),
    (collections.defaultdict, "defaultdict"),
    (dict, "dict"),
]


def encode_simple(value: Any, encode: Part) -> Any:
    """Write a value of the standard library's other kinds; None for what is none."""
    kind = type(value)
    if NAMED_TEXTS.get(kind.__name__) is kind:
        return {"t": "text", "k": kind.__name__, "v": str(value)}
    if (parts := PARTS.get(kind)) is not None:
        tag, take = parts
        return {"t": tag, "v": encode(take(value))}
    if kind is array.array:
        return {"t": "array", "k": value.typecode, "v": _bytes(value.tobytes())}
    if isinstance(value, datetime.tzinfo):
        return {"t": "zone", "v": encode_zone(value)}
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return _encode_moment(value)
    return None


def _bytes_of(view: memoryview) -> bytes | bytearray:
    if view.format != "B" or view.ndim != 1:
        raise NotWholeError("a view of other than bytes cannot cross whole")
    return view.tobytes() if view.readonly else bytearray(view)


#: kinds that are made anew from other values: the tag, and those values
PARTS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    ISO_DATE: ("isocalendar", list),
    time.struct_time: ("struct_time", lambda value: [list(value), value.tm_zone, value.tm_gmtoff]),
    slice: ("slice", lambda value: [value.start, value.stop, value.step]),
    types.SimpleNamespace: ("namespace", vars),
    types.MappingProxyType: ("mappingproxy", dict),
    collections.ChainMap: ("chainmap", lambda value: list(value.maps)),
    memoryview: ("memoryview", _bytes_of),
}


def _encode_moment(value: Any) -> Any:
    base: Any
    for base in (datetime.datetime, datetime.date, datetime.time):
        if isinstance(value, base):
            require_own(value, base)
            if base is datetime.date:
                return {"t": "date", "v": value.isoformat()}
            naive = base.replace(value, tzinfo=None).isoformat()
            return {"t": base.__name__, "v": naive, "f": value.fold, "z": encode_zone(value.tzinfo)}
    raise WireError("no moment")


def encode_zone(zone: Any) -> Any:
    """Write a time zone by its name.

    Raises:
        NotWholeError: it has none that the other side would know.
    """
    if zone is None:
        return None
    if type(zone) is datetime.timezone:
        offset = zone.utcoffset(None)
        name = zone.tzname(None)
        parts = [offset.days, offset.seconds, offset.microseconds]
        return {"o": parts, "n": None if name == datetime.timezone(offset).tzname(None) else name}
    if type(zone) is zoneinfo.ZoneInfo and zone.key:
        return zone.key
    raise NotWholeError("a time zone without a name cannot cross whole")


def decode_zone(payload: Any) -> Any:
    """Read a time zone."""
    if payload is None:
        return None
    if isinstance(payload, str):
        return zoneinfo.ZoneInfo(payload)
    days, seconds, microseconds = payload["o"]
    offset = datetime.timedelta(int(days), int(seconds), int(microseconds))
    if payload["n"] is not None:
        return datetime.timezone(offset, str(payload["n"]))
    return datetime.timezone(offset) if offset else datetime.timezone.utc  # noqa: UP017  Python's own object


def _decode_moment(kind: Any) -> Part:
    return lambda p: kind.fromisoformat(p["v"]).replace(tzinfo=decode_zone(p["z"]), fold=int(p["f"]))


def _decode_pattern(payload: dict[str, Any]) -> Any:
    text, flags = payload["v"], int(payload["f"])
    return re.compile(text if isinstance(text, str) else base64.b64decode(text["v"]), flags)


def _named_type(payload: dict[str, Any]) -> type:
    module = str(payload["m"])
    if module.partition(".")[0] not in NAMED_MODULES:
        raise WireError("an unknown type")
    found = getattr(sys.modules.get(module), str(payload["v"]), None)
    if not isinstance(found, type):
        raise WireError("an unknown type")
    return found


DECODERS: dict[str, Any] = {
    "int": lambda p: int(p["v"], 16),
    "float": lambda p: float(p["v"]),
    "complex": lambda p: complex(float(p["v"][0]), float(p["v"][1])),
    "bytes": lambda p: base64.b64decode(p["v"]),
    "bytearray": lambda p: bytearray(base64.b64decode(p["v"])),
    "range": lambda p: range(*[int(part, 16) for part in p["v"]]),
    "ellipsis": lambda _p: ...,
    "notimplemented": lambda _p: NotImplemented,
    "decimal": lambda p: decimal.Decimal(str(p["v"])),
    "fraction": lambda p: fractions.Fraction(int(p["v"][0], 16), int(p["v"][1], 16)),
    "timedelta": lambda p: datetime.timedelta(int(p["v"][0]), int(p["v"][1]), int(p["v"][2])),
    "date": lambda p: datetime.date.fromisoformat(p["v"]),
    "datetime": _decode_moment(datetime.datetime),
    "time": _decode_moment(datetime.time),
    "uuid": lambda p: uuid.UUID(hex=str(p["v"])),
    "pattern": _decode_pattern,
    "text": lambda p: NAMED_TEXTS[p["k"]](str(p["v"])),
    "array": lambda p: array.array(str(p["k"]), base64.b64decode(p["v"])),
    "zone": lambda p: decode_zone(p["v"]),
    "type": _named_type,
}
CONTAINERS: dict[str, Any] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "keys": lambda items: dict.fromkeys(items).keys(),
    "values": lambda items: dict(enumerate(items)).values(),
    "items": lambda items: dict(items).items(),
    "dict": dict,
    "counter": lambda pairs: collections.Counter(dict(pairs)),
    "ordereddict": collections.OrderedDict,
    "slice": lambda parts: slice(*parts),
    "isocalendar": lambda parts: datetime.date.fromisocalendar(*parts).isocalendar(),
    "struct_time": lambda parts: time.struct_time(parts[0], {"tm_zone": parts[1], "tm_gmtoff": parts[2]}),
    "namespace": lambda names: types.SimpleNamespace(**names),
    "mappingproxy": types.MappingProxyType,
    "chainmap": lambda maps: collections.ChainMap(*maps),
    "memoryview": memoryview,
}
