"""The number that a test's last expression is, whatever its type; found where the value lives."""

import decimal
import numbers
from typing import Any

#: of a NumPy type: integers, unsigned integers, floats
NUMBER_KINDS = "iuf"


def number_text(value: Any) -> str | None:
    """Return a real number as text that `float` reads; None for every other value, truth values included."""
    if isinstance(value, bool):
        return None
    dtype = getattr(value, "dtype", None)
    if dtype is not None:
        is_scalar = getattr(value, "shape", None) == ()
        if is_scalar and getattr(dtype, "kind", "") == "O":
            return number_text(value.item())
        is_number = is_scalar and getattr(dtype, "kind", "") in NUMBER_KINDS
    else:
        is_number = isinstance(value, numbers.Real | decimal.Decimal)
    try:
        return repr(float(value)) if is_number else None
    except OverflowError:
        return "inf" if value > 0 else "-inf"
    except (TypeError, ValueError):
        return "nan"
