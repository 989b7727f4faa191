"""Points add up as people write them: 0.1 and 0.2 are 0.3. Pure."""

from collections.abc import Iterable
from decimal import Decimal


def exact(number: float) -> Decimal:
    """Return the decimal number that a float is written as."""
    return Decimal(repr(float(number)))


def decimal_sum(numbers: Iterable[float]) -> float:
    """Add up without the errors of binary fractions."""
    return float(sum(map(exact, numbers), Decimal(0)))


def decimal_share(part: float, whole: float) -> float:
    """Return `part` of `whole`, which is not 0, without the errors of binary fractions."""
    return float(exact(part) / exact(whole))
