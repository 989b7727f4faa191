"""How many points each test case of an Otter question gives. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from nexus_server.courses.imports.errors import UnreadableImportError

#: decimals that points are rounded to
DECIMALS = 6

Points = float | None


def case_points(total: Any, own: Sequence[Points], *, where: str) -> list[float]:
    """Return the points of a question's test cases, given what it says of them: a number, a list or ``{each: n}``.

    `own` are the points that cases have of their own. The rest of a total is shared by the others; a question without
    any points gives one.

    Raises:
        UnreadableImportError: the points do not fit the cases.
    """
    given = list(own)
    if isinstance(total, dict):
        total = _number(total.get("each", 1), where) * len(given)
    elif isinstance(total, list):
        if len(total) != len(given):
            raise UnreadableImportError(f"{where}: it lists points for {len(total)} tests and has {len(given)}.")
        given, total = [None if each is None else _number(each, where) for each in total], None
    said = sum(each for each in given if each is not None)
    open_places = given.count(None)
    if total is not None:
        rest = _number(total, where) - said
        if rest < 0:
            raise UnreadableImportError(f"{where}: its tests have more points than the question.")
    else:
        rest = 0.0 if said else 1.0
    shares = iter(_shared(rest, open_places))
    return [next(shares) if each is None else each for each in given]


def _number(raw: Any, where: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw < float("inf"):
        raise UnreadableImportError(f"{where}: its points are no number of at least 0.")
    return float(raw)


def _shared(total: float, count: int) -> list[float]:
    """Return shares that add up to the total: the last one takes what rounding leaves."""
    if not count:
        return []
    share = round(Decimal(str(total)) / count, DECIMALS)
    last = Decimal(str(total)) - share * (count - 1)
    return [float(share)] * (count - 1) + [float(last)]
