"""Values of every kind cross the border whole, or say that they cannot."""

# ruff: noqa: DTZ001  moments without a zone are values, too

import array
import collections
import datetime as dt
import decimal
import http
import ipaddress
import json
import math
import pathlib
import re
import signal
import statistics
import sys
import time
import types
import urllib.parse
import uuid
import zoneinfo
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy import ma
from numpy.dtypes import StringDType

from nexus_server.grading.remote.kinds import NotWholeError, WireError
from nexus_server.grading.remote.wire import MAX_CHARS, Codec, written

pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass")
UTC, BERLIN = dt.UTC, zoneinfo.ZoneInfo("Europe/Berlin")
PLUS = dt.timezone(dt.timedelta(hours=2), "PLUS")
RECORD = np.dtype([("name", "U5"), ("age", "i4"), ("at", "f8", (2,))])
MATRIX: Any = np.arange(4).reshape(2, 2).view(np.matrix)
DAYS = pd.date_range("2024-01-01", periods=3)
MASKED = ma.MaskedArray([1, 2, 3], mask=[False, True, False], fill_value=-1)
CUT = pd.cut([1, 5, 9], bins=[0, 4, 10])


def _frozen(values: Any) -> Any:
    values.flags.writeable = False
    return values


STANDARD: list[Any] = [
    collections.ChainMap({"a": 1}, {"b": 2}), time.gmtime(0), dt.date(2024, 2, 29).isocalendar(), urllib.parse.urlparse("http://a/b"),
    statistics.linear_regression([1, 2], [2, 4]),
    None, True, False, 0, -1, 2**53, -(2**80), 0.0, -0.0, 1.5, 5e-324, math.inf, -math.inf, math.nan, 1j,
    complex(-0.0, math.nan), "", "ä🙂", "\ud83d", "a\x00b", b"", b"\x00\xff", bytearray(b"ab"), [], [1, [2]], (), (1,),
    ((1, 2), [3]), {1, 2}, set(), frozenset({1}), {}, {"b": 1, "a": 2}, {(1, 2): [3]}, {1: {2: {3: ()}}}, range(5),
    range(10**30), range(5, 0, -2), ..., NotImplemented, Decimal("1.10"), Decimal("NaN"), Decimal("-0"),
    Decimal("1E+5"), Fraction(1, 3), collections.deque([1, 2]), collections.deque([1, 2], maxlen=2),
    collections.Counter("aab"), collections.OrderedDict(b=1, a=2), collections.defaultdict(int, a=1),
    collections.defaultdict(list), collections.defaultdict(None, a=1), collections.defaultdict(collections.Counter),
    {"a": 1}.keys(), {"a": 1}.values(), {"a": 1}.items(), dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 1, 2, 3, 4),
    dt.datetime(2024, 1, 1, tzinfo=UTC), dt.datetime(2024, 7, 1, tzinfo=BERLIN),
    dt.datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN, fold=1), dt.datetime(2024, 1, 1, fold=1),
    dt.datetime(2024, 1, 1, tzinfo=PLUS), dt.time(1, 2), dt.time(1, 2, tzinfo=PLUS), dt.time(1, 2, fold=1),
    dt.timedelta(1, 2, 3), dt.timedelta(-1), UTC, PLUS, dt.timezone(dt.timedelta(hours=-5)), BERLIN, uuid.UUID(int=5),
    pathlib.Path("a/b"), pathlib.PurePosixPath("/a"), pathlib.PureWindowsPath("c:\\a"),
    ipaddress.ip_address("1.2.3.4"), ipaddress.ip_address("::1"), ipaddress.ip_network("10.0.0.0/8"),
    ipaddress.ip_interface("1.2.3.4/8"), slice(1, None, 2), slice(None), slice("a", (1, 2)), re.compile("a+"),
    re.compile("a", re.IGNORECASE | re.DOTALL), re.compile(b"a"), array.array("d", [1.5]), array.array("i"),
    types.SimpleNamespace(a=1, b=[2]), types.MappingProxyType({"a": 1}), int, str, ValueError, dt.date,
    collections.Counter, Decimal,
]  # fmt: skip
NUMPY = [
    np.int64(3), np.uint8(255), np.float16(0.5), np.float32(0.1), np.float64("nan"), np.longdouble(1) / 3,
    np.complex64(1j), np.True_, np.str_("ä"), np.bytes_(b"a"), np.datetime64("2024-01-01"),
    np.datetime64("2024-01-01T00:00:00.000000001"), np.datetime64("NaT"), np.timedelta64(5, "D"), np.timedelta64(5),
    np.array(5), np.array(1.5), np.array([]), np.empty((0, 3)), np.zeros((2, 0), dtype="i4"),
    np.arange(6).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)), np.arange(10)[::2],
    np.array([1, 2], dtype=">i4"), np.array([True]), np.array(["a", "bcd"]), np.array([""]), np.array([b"a"]),
    np.array([1j]), np.array(["2024-01-01"], dtype="M8[D]"), np.array([1], dtype="m8[ns]"), np.array([np.nan, np.inf]),
    np.array([1, "a", None], dtype=object), np.array([[1, "a"], [None, []]], dtype=object),
    np.array([[1, 2], [3, 4]], dtype=object), np.array({}, dtype=object), _frozen(np.arange(3)),
    np.array(["a", "bcd" * 9], dtype=StringDType()), np.array(["a"], dtype=StringDType(coerce=False)),
    np.array(["a", np.nan], dtype=StringDType(na_object=np.nan)), np.array([("a", 1, (1, 2))], dtype=RECORD),
    np.array([("a", 1, (1, 2))], dtype=RECORD)[0], np.zeros(2, dtype=np.dtype([("a", "i1"), ("b", "f8")], align=True)),
    np.zeros(2, "V3"), np.rec.array([("a", 1)], dtype=[("name", "U5"), ("age", "i4")]),
    np.rec.array([("a", 1)], dtype=[("name", "U5"), ("age", "i4")])[0], MATRIX, MASKED, ma.masked,
    ma.MaskedArray([1.5, 2.5]), ma.MaskedArray([1, 2], mask=[False, True], hard_mask=True),
    ma.masked_invalid([1.0, np.nan]), ma.MaskedArray(np.zeros((2, 2)), mask=True), np.dtype("i4"), np.dtype(">f8"),
    RECORD, np.dtype(object), np.dtype("M8[ns]"), np.float64, np.ndarray,
]  # fmt: skip
PANDAS = [
    pd.NaT, pd.NA, pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-01T00:00:00.000000001"),
    pd.Timestamp("2024-07-01", tz="Europe/Berlin"), pd.Timestamp("2024-01-01", tz="UTC"),
    pd.Timestamp("2024-10-27 01:30", tz="UTC").tz_convert("Europe/Berlin"), pd.Timestamp("2024-01-01").as_unit("s"),
    pd.Timedelta(days=1), pd.Timedelta(1, unit="ns"), pd.Timedelta("1s").as_unit("s"), pd.Period("2024-01"),
    pd.Period("2024Q1"), pd.Interval(0, 5), pd.Interval(0.5, 1.5, closed="both"),
    pd.Interval(pd.Timestamp("2024"), pd.Timestamp("2025")), pd.offsets.Day(2), pd.offsets.MonthEnd(),
    pd.offsets.BDay(), pd.Index([1, 2]), pd.Index(["a", "b"], name="n"), pd.Index([1, "a"], dtype=object),
    pd.Index([1.5]), pd.Index([], dtype="int64"), pd.RangeIndex(3), pd.RangeIndex(1, 9, 2, name="r"), DAYS,
    pd.DatetimeIndex(["2024-01-01", None]), pd.date_range("2024", periods=3, freq="ME"),
    pd.date_range("2024", periods=2, tz="Europe/Berlin"), pd.timedelta_range("1D", periods=3),
    pd.period_range("2024-01", periods=3, freq="M"), pd.interval_range(0, 3), pd.CategoricalIndex(["a", "b", "a"]),
    pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", "y"]), pd.MultiIndex.from_product([[1, 2], DAYS]),
    pd.MultiIndex.from_arrays([[1, 2], pd.Categorical(["a", "b"])]), pd.Series([1, 2, 3]), pd.Series([1.5, None]),
    pd.Series(["a", None, "b"]), pd.Series([1, "a", None], dtype=object), pd.Series([True, False]),
    pd.Series([], dtype="float64"), pd.Series([1, 2], index=["a", "b"], name="n"), pd.Series([1, None], dtype="Int64"),
    pd.Series([1.5, None], dtype="Float64"), pd.Series([True, None], dtype="boolean"), pd.Series([1], dtype="UInt8"),
    pd.Series(["a", None], dtype="string"), pd.Series(["a", "b"], dtype="category"),
    pd.Series(pd.Categorical(["b"], categories=["a", "b"], ordered=True)), pd.Series(CUT), pd.Series(DAYS),
    pd.Series(DAYS.tz_localize("Europe/Berlin")), pd.Series(pd.period_range("2024-01", periods=2, freq="M")),
    pd.Series(pd.interval_range(0, 2)), pd.Series([1, 2], dtype="int8"), pd.Series(pd.arrays.SparseArray([0, 0, 1])),
    pd.Series([pd.Timedelta(1, unit="ns")]), pd.Series([1, 2], index=DAYS[:2]), pd.Series([[1], [2]]), pd.Series([1j]),
    CUT, pd.qcut(range(4), 2), pd.cut([1, 5], 2, labels=False), pd.cut([1, 5], [0, 4, 6], labels=["lo", "hi"]),
    pd.Categorical(["a", None]), pd.array([1, None]), pd.array(["a", None]), pd.array([1.5]), pd.array([True, None]),
    pd.array(DAYS), pd.arrays.SparseArray([0, 1]), pd.arrays.IntervalArray.from_breaks([0, 1, 2]),
    pd.array(pd.period_range("2024", periods=2, freq="D")), pd.array(np.array([1, 2]), dtype=np.dtype("int64")),
    pd.arrays.FloatingArray(np.array([1.0, np.nan, 0.0]), np.array([False, False, True])),
    pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), pd.DataFrame(), pd.DataFrame(index=["a"]),
    pd.DataFrame(columns=["a", "b"]), pd.DataFrame({"a": CUT, "d": DAYS}),
    pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"]), pd.DataFrame({("x", 1): [1], ("x", 2): [2]}),
    pd.DataFrame({"a": pd.array([1, None])}, index=pd.MultiIndex.from_tuples([(1, 2), (3, 4)])),
    pd.DataFrame({"g": list("aab"), "v": [1, 2, 3]}).groupby("g").agg(["sum", "mean"]),
    pd.DataFrame({"a": [1]}, index=DAYS[:1]), pd.CategoricalDtype(["a"], ordered=True), pd.CategoricalDtype(),
    pd.Int64Dtype(), pd.StringDtype(), pd.DatetimeTZDtype("ns", "UTC"), pd.PeriodDtype("M"),
    pd.IntervalDtype("int64", "left"), pd.SparseDtype("int64"), pd.DataFrame, pd.Timestamp,
]  # fmt: skip
NOT_WHOLE = [
    http.HTTPStatus.OK, signal.SIGINT, collections.UserDict(a=1),
    collections.UserList([1]), collections.UserString("a"), ValueError("x"),
    memoryview(array.array("i", [1])), np.memmap,
    np.char.asarray(["a"]), np.array([(1, None)], dtype=[("a", "i4"), ("b", object)]),
    np.array(["a"], dtype=StringDType(na_object=None)), pd.offsets.CustomBusinessDay(holidays=["2024-01-01"]),
    pd.DataFrame({"a": [1]}).set_flags(allows_duplicate_labels=False),
]  # fmt: skip


def _crossed(value: Any) -> Any:
    return Codec().decode(json.loads(json.dumps(Codec().encode(value))))


def assert_same(one: Any, other: Any) -> None:  # noqa: C901, PLR0912  one branch per kind
    assert type(one) is type(other)
    if one is ma.masked or one is pd.NA:
        assert one is other
    elif isinstance(one, ma.MaskedArray):
        assert (ma.getmask(one) is ma.nomask) == (ma.getmask(other) is ma.nomask)
        np.testing.assert_array_equal(ma.getmaskarray(one), ma.getmaskarray(other))
        np.testing.assert_array_equal(one.fill_value, other.fill_value)
        assert one.hardmask == other.hardmask
        assert_same(one.data, other.data)
    elif isinstance(one, np.ndarray):
        assert (one.dtype, one.shape, one.strides if one.size else ()) == (
            other.dtype,
            other.shape,
            other.strides if other.size else (),
        ) or not one.flags.forc
        assert one.flags.writeable == other.flags.writeable
        np.testing.assert_array_equal(one, other)
        assert repr(one) == repr(other)
    elif isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_freq=True, check_exact=True)
        assert_same(one.index, other.index)
        assert_same(one.columns, other.columns)
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other, check_freq=True, check_exact=True)
        assert_same(one.index, other.index)
    elif isinstance(one, pd.Index):
        pd.testing.assert_index_equal(one, other, exact=True, check_exact=True)
        assert getattr(one, "freq", None) == getattr(other, "freq", None)
        assert list(one.names) == list(other.names)
    elif isinstance(one, pd.api.extensions.ExtensionArray):
        pd.testing.assert_extension_array_equal(one, other, check_exact=True)
    elif isinstance(one, np.void):
        assert (one.dtype, repr(one)) == (other.dtype, repr(other))
    elif isinstance(one, list | tuple | collections.deque):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
        assert getattr(one, "maxlen", None) == getattr(other, "maxlen", None)
    elif isinstance(one, dict):
        assert list(one) == list(other)
        for key in one:
            assert_same(one[key], other[key])
        assert getattr(one, "default_factory", None) == getattr(other, "default_factory", None)
    else:
        assert repr(one) == repr(other)
        assert one == other or one != one or repr(one).startswith("dict_values")  # noqa: PLR0124
        assert getattr(one, "fold", 0) == getattr(other, "fold", 0)
        assert getattr(one, "unit", None) == getattr(other, "unit", None)
        assert _zone(one) == _zone(other)


def _zone(value: Any) -> Any:
    zone = getattr(value, "tzinfo", None)
    return zone if zone is None else (type(zone), str(zone))


WHOLE = [*STANDARD, *NUMPY, *PANDAS]


def test_there_are_kinds_enough() -> None:
    assert len(WHOLE) + len(NOT_WHOLE) >= 150


@pytest.mark.parametrize(
    "value", [pytest.param(value, id=f"{number}-{type(value).__name__}") for number, value in enumerate(WHOLE)]
)
def test_value_crosses_whole(value: Any) -> None:
    assert_same(value, _crossed(value))
    assert_same([value, {"a": (value,)}], _crossed([value, {"a": (value,)}]))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(value, id=f"{number}-{type(value).__name__}")
        for number, value in enumerate(NOT_WHOLE)
        if value is not np.memmap
    ],
)
def test_value_that_cannot_cross_whole_says_so(value: Any) -> None:
    with pytest.raises(NotWholeError):
        _crossed(value)


DEEP: Any = json.loads("[" * 99 + "]" * 99)


CYCLE: list[Any] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize("value", [list(range(1_100_000)), np.zeros(1_100_000), DEEP, CYCLE])
def test_value_that_is_too_large_or_too_deep_cannot_cross_whole(value: Any) -> None:
    with pytest.raises(NotWholeError):
        _crossed(value)


def test_message_that_is_too_long_cannot_cross_whole() -> None:
    assert written({"ok": "x"}) == '{"ok":"x"}'
    with pytest.raises(NotWholeError):
        written({"ok": "x" * MAX_CHARS})


@pytest.mark.parametrize("payload", [list(range(1_100_000)), DEEP])
def test_answer_that_is_too_large_or_too_deep_is_nothing(payload: Any) -> None:
    with pytest.raises(WireError) as caught:
        Codec().decode(payload)
    assert caught.type is WireError


BEHAVIOURS: list[tuple[Any, Callable[[Any], Any]]] = [
    (MASKED, lambda value: value.sum()), (MASKED, lambda value: value.filled().tolist()),
    (MATRIX, lambda value: (value * value).tolist()),
    (np.rec.array([("a", 1)], dtype=[("name", "U5"), ("age", "i4")]), lambda value: value.age.tolist()),
    (collections.defaultdict(list, a=[1]), lambda value: value["missing"]),
    (collections.Counter("aab"), lambda value: value["missing"]),
    (collections.deque([1, 2], maxlen=2), lambda value: (value.append(3), list(value))),
    (pd.Series([1, 5, 9]).pipe(pd.cut, [0, 4, 10]), lambda value: [4 in interval for interval in value]),
    (pd.Series(CUT).value_counts(), lambda value: value[pd.Interval(4, 10)]),
    (DAYS, lambda value: value.shift(1).tolist()),
    (pd.Series([1, 2, 3], index=DAYS), lambda value: value.resample("2D").sum().tolist()),
    (pd.Period("2024-01"), lambda value: (value + 1).end_time),
    (pd.Series(["a", "b"], dtype="category"), lambda value: value.cat.codes.tolist()),
    (dt.datetime(2024, 7, 1, tzinfo=BERLIN), lambda value: (value + dt.timedelta(days=180)).utcoffset()),
    (pd.Timestamp("2024-07-01", tz="Europe/Berlin"), lambda value: (value.tzname(), value.tz.key)),
    (np.array(["a", "b"], dtype=StringDType()), lambda value: (value + "c").tolist()),
    (re.compile("(a)(?P<name>b)"), lambda value: value.match("ab")["name"]),
    (pathlib.Path("a/b.txt"), lambda value: value.suffix), (types.SimpleNamespace(a=1), lambda value: value.a),
    (Decimal("1.10"), lambda value: value.as_tuple()),
]  # fmt: skip


@pytest.mark.parametrize(("value", "behave"), BEHAVIOURS)
def test_value_behaves_as_before(value: Any, behave: Callable[[Any], Any]) -> None:
    assert behave(_crossed(value)) == behave(value)


def test_a_learners_own_classes_cross_as_their_base() -> None:
    class Money(int):
        pass

    class Stack(list[int]):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None

    assert type(_crossed(Money(3))) is int
    assert type(_crossed(Stack([1]))) is list


def test_named_tuples_of_the_notebook_keep_name_and_fields() -> None:
    point: Any = collections.namedtuple("point", "x y")  # noqa: PYI024  what learners write
    point.__module__ = "__main__"
    crossed = _crossed(point(1, [2]))
    assert (type(crossed).__name__, crossed._fields, crossed) == ("point", ("x", "y"), (1, [2]))


def test_decimal_context_is_no_part_of_a_value() -> None:
    with decimal.localcontext(prec=3):
        assert _crossed(Decimal("1.23456789")) == Decimal("1.23456789")


@pytest.mark.parametrize("module", ["numpy.f2py.__main__", "antigravity", "urllib.robotparser", "difflib"])
def test_a_class_of_a_module_that_is_not_there_is_not_looked_for(module: str) -> None:
    before = set(sys.modules)
    with pytest.raises(WireError):
        Codec().decode({"t": "library_tuple", "m": module, "n": "SequenceMatcher", "v": []})
    assert {name for name in sys.modules if name not in before} <= {"difflib"}
