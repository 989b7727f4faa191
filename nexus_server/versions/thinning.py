"""Which former versions go when there are too many: new ones lie close together, old ones far apart. Pure.

Of one notebook the first and the last are kept. In between goes the one that closes the smallest gap, measured
against its age: so half an hour of typing does not push out what one had yesterday.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

#: seconds that count as no time at all
INSTANT_S = 1.0


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version, as far as thinning looks at it."""

    id: UUID
    path: str
    kept_at: datetime
    size_bytes: int


@dataclass(frozen=True, slots=True)
class VersionLimits:
    """What one learner's versions may take."""

    per_notebook: int
    per_learner: int
    bytes_per_learner: int


def surplus(kept: Iterable[KeptVersion], limits: VersionLimits) -> set[UUID]:
    """Return which of a learner's versions have to go."""
    notebooks: defaultdict[str, list[KeptVersion]] = defaultdict(list)
    for version in sorted(kept, key=lambda version: version.kept_at):
        notebooks[version.path].append(version)
    going: set[UUID] = set()
    for versions in notebooks.values():
        while len(versions) > limits.per_notebook:
            going.add(versions.pop(_closest(versions)).id)
    left = sorted((one for versions in notebooks.values() for one in versions), key=lambda one: one.kept_at)
    return going | {version.id for version in left[: _too_many(left, limits)]}


def _closest(versions: Sequence[KeptVersion]) -> int:
    """Return the place of the version that is missed least; with one or two that is the first."""
    newest = versions[-1].kept_at

    def missed(place: int) -> float:
        gap = (versions[place + 1].kept_at - versions[place - 1].kept_at).total_seconds()
        return gap / ((newest - versions[place].kept_at).total_seconds() + INSTANT_S)

    return min(range(1, len(versions) - 1), key=missed, default=0)


def _too_many(versions: Sequence[KeptVersion], limits: VersionLimits) -> int:
    """Return how many of the oldest have to go until the rest fits."""
    count, size = len(versions), sum(version.size_bytes for version in versions)
    for number, version in enumerate(versions):
        if count - number <= limits.per_learner and size <= limits.bytes_per_learner:
            return number
        size -= version.size_bytes
    return count
