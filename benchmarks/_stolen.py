"""The processor time that the host of a virtual machine gave to somebody else.

Linux counts it as *steal* (`/proc/stat`, proc(5)). A figure that was taken meanwhile tells of the host, not of the
product: five of ten milliseconds may be missing from every answer, while nothing on this machine is busy.
"""

from dataclasses import dataclass, field
from pathlib import Path

STAT = Path("/proc/stat")
#: the columns of the line `cpu`: user nice system idle iowait irq softirq steal; guest times are within user's
COLUMNS, STEAL = 8, 7
#: the share of all processor time that may be missing from a figure that counts
AT_MOST = 0.02


def _ticks(stat: Path) -> tuple[int, int]:
    """Return the stolen and all ticks of all processors since the machine began."""
    values = [int(value) for value in stat.read_text().split("\n", 1)[0].split()[1 : COLUMNS + 1]]
    return values[STEAL], sum(values)


@dataclass
class StolenTime:
    """What was stolen since this was made."""

    stat: Path = STAT
    _before: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self._before = _ticks(self.stat)

    def share(self) -> float:
        """Return the stolen part of all processor time since then, from 0 to 1."""
        stolen, total = _ticks(self.stat)
        return (stolen - self._before[0]) / max(1, total - self._before[1])
