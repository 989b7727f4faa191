"""What is wrong with badge criteria, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

from nexus_server.errors import InvalidError

#: keys and indexes from the root of the criteria
FaultPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    path: FaultPath
    message: str

    def __str__(self) -> str:
        """Name the place as programs do: ``all[1].where.score: …``."""
        return f"{place_of(self.path)}: {self.message}" if self.path else self.message


class BadCriteriaError(InvalidError):
    """These are no criteria of a badge."""

    code = "bad_criteria"

    def __init__(self, faults: Sequence[Fault]) -> None:
        """`faults` has at least one."""
        self.faults = list(faults)
        super().__init__("\n".join(map(str, faults)), fields={place_of(fault.path): fault.message for fault in faults})


def place_of(path: FaultPath) -> str:
    """Return a path as text: ``all[1].where.score``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
