"""A test's last expression that is a number earns that number, whatever its type."""

import builtins
import enum
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from nexus_server.grading.processes.scoring import number_of, partial_points
from nexus_server.grading.remote.install import number_code
from nexus_server.grading.remote.partial_credit import number_text


class Level(enum.IntEnum):
    LOW = 1


NUMBERS = [
    (2, 2.0),
    (0, 0.0),
    (0.5, 0.5),
    (np.float64(0.5), 0.5),
    (np.float16(0.5), 0.5),
    (np.longdouble(0.5), 0.5),
    (np.int64(2), 2.0),
    (np.uint8(0), 0.0),
    (np.array(0.5), 0.5),
    (np.array(2), 2.0),
    (np.array(Fraction(1, 2)), 0.5),
    (np.array(Decimal("0.5")), 0.5),
    (np.array(2, dtype=object), 2.0),
    (Fraction(1, 2), 0.5),
    (Decimal("0.5"), 0.5),
    (Level.LOW, 1.0),
    (pd.Series([0.5, 0.5]).mean(), 0.5),
    (10**400, math.inf),
    (-(10**400), -math.inf),
]
OTHERS = [
    None, True, False, np.True_, np.array([True])[0], "0.5", [0.5], np.array([0.5]), 1j, np.complex128(1),
    np.array(None), np.array([True], dtype=object).reshape(()),
    np.timedelta64(5, "D"),
    np.datetime64("2024-01-01"), pd.Timedelta(1), pd.NaT, np.str_("1"), b"1", object(), float, np.float64,
]  # fmt: skip


@pytest.mark.parametrize(("value", "number"), NUMBERS)
def test_numbers_of_all_types_are_numbers(value: Any, number: float) -> None:
    assert number_of(number_text(value)) == number


@pytest.mark.parametrize("value", [math.nan, np.float32("nan"), np.array(math.nan), Decimal("NaN"), Decimal("sNaN")])
def test_what_is_not_a_number_but_of_a_numbers_type_pays_nothing(value: Any) -> None:
    assert partial_points(number_text(value), 3) == 0


@pytest.mark.parametrize("value", OTHERS)
def test_other_values_mean_that_the_test_passed(value: Any) -> None:
    assert number_text(value) is None


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("NaN", 0), ("0n", 0), ("2n", 2), ("100000000000000000000n", 3), ("-0", 0), ("Infinity", 3), ("-Infinity", 0),
        ("\x1b[33m0.5\x1b[39m", 0.5), ("\x1b[33m2n\x1b[39m", 2), ("[Number: 0.5]", 0.5), ("[BigInt: 2n]", 2),
        ("1e-1", 0.1),
        ("true", 3), ("undefined", 3), ("[ 1 ]", 3), ("'0.5'", 3), ('"0"', 3), ("n", 3), ("[Number: 1", 3),
    ],
)  # fmt: skip
def test_numbers_of_javascript(text: str, points: float) -> None:
    assert partial_points(text, 3) == points


@pytest.mark.parametrize("value", [value for value, _ in NUMBERS])
def test_kernel_is_asked_for_the_number_and_keeps_no_name(value: Any) -> None:
    shell = InteractiveShell()  # type: ignore[no-untyped-call]
    shell.user_ns["_oh"][7] = value
    builtins.get_ipython = lambda: shell  # type: ignore[attr-defined]
    before = set(shell.user_ns)
    try:
        shown = eval(number_code(7), shell.user_ns)  # noqa: S307  what the kernel would run
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]
    assert shown == number_text(value)
    assert set(shell.user_ns) - before <= {"__builtins__"}
