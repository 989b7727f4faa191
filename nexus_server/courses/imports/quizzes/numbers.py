"""Numbers as other tools write them. Pure."""

import math

from nexus_server.courses.imports.quizzes.writing import UnmappedItemError


def number_of(text: str) -> float:
    """Return a number; a comma may stand for the point.

    Raises:
        UnmappedItemError: it is none.
    """
    try:
        value = float(text.strip().replace(",", ".") if text.count(",") == 1 else text)
    except ValueError as error:
        raise UnmappedItemError(f"its key {text!r} is no number") from error
    if not math.isfinite(value):
        raise UnmappedItemError(f"its key {text!r} is no number")
    return value


def points_of(text: str, default: float = 1.0) -> float:
    """Return points; the default where there are none, or what is written is no number."""
    try:
        value = float(text)
    except ValueError:
        return default
    return value if math.isfinite(value) and value >= 0 else default
