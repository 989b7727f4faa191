"""What each section of the kernel benchmark takes and gives."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_BEGUN = time.monotonic()


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    #: starts of each kind of kernel, and turns of printing
    rounds: int = 7
    #: `1+1` cells of each kind of server
    cells: int = 48
    #: kernels held at once
    crowd: int = 200
    #: learners who open a lab in the same second
    storm: int = 60
    #: kernels that live when the server is killed
    survivors: int = 50
    #: megabytes printed
    output_mb: int = 10


#: so little that the figures mean nothing, but every line runs
QUICK = Scale(rounds=1, cells=5, crowd=6, storm=4, survivors=3, output_mb=1)


@dataclass
class Found:
    """What a section found: the figures that the issue names, and what they were computed from."""

    figures: dict[str, Any]
    raw: dict[str, Any] = field(default_factory=dict)


def say(section: str, text: str) -> None:
    """Print progress."""
    print(f"[{time.monotonic() - _BEGUN:4.0f} s] {section}: {text}", flush=True)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Median by median."""
    return round(statistics.median(ours) / statistics.median(theirs), 3)


def quantile(values: Sequence[float], share: float) -> float:
    """The value that a share of all values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def rounded(values: Sequence[float]) -> list[float]:
    """Seconds to a tenth of a millisecond: more digits are noise."""
    return [round(value, 4) for value in values]
