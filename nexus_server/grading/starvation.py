"""Whether a grading had the processor time that it is due: a machine with too much to do costs nobody points.

The time limits of cells count seconds on the clock, since a cell that sleeps has to end too. On a busy machine a right
answer can meet them without having run for long. Linux counts how long each thread was ready to run and waited.
"""

from time import monotonic
from typing import Protocol

from nexus_server.kernels.sandbox import CpuUse

#: the part of a limit that a process must have waited for others before that is taken for the reason
MIN_WAIT = 0.1
#: the part of a limit's processor time that is as good as all of it
ENOUGH = 0.9
#: how much longer the limits of a second try are at most, and at least
MAX_STRETCH, MIN_STRETCH = 8.0, 1.5


class Watched(Protocol):
    """A process of a grading."""

    def cpu_use(self) -> CpuUse | None:
        """Return what it had of the processor up to now, or to its end; None where that cannot be seen."""
        ...


class Starvation:
    """Watches the processes of one grading."""

    def __init__(self, cpu_share: float, cell_limit_s: float, notebook_limit_s: float) -> None:
        """Each process is due `cpu_share` CPUs, for the seconds that the settings give a cell and a notebook."""
        self._share = min(cpu_share, 1.0)
        self._cell_limit_s = cell_limit_s
        self._notebook_limit_s = notebook_limit_s
        self._since: dict[Watched, CpuUse | None] = {}
        self._since_cell: dict[Watched, CpuUse | None] = {}
        self._cell_began = monotonic()
        #: the smallest part of its due that a process got where time ran out; None: all of them had enough
        self.got: float | None = None

    def add(self, process: Watched) -> None:
        """Watch `process` too, from now on."""
        self._since[process] = self._since_cell[process] = process.cpu_use()

    def begin_cell(self) -> None:
        """Count from now on for the next cell."""
        self._cell_began = monotonic()
        self._since_cell = {process: process.cpu_use() for process in self._since}

    def end_cell(self, timeout_s: float) -> None:
        """Look at the processes where the cell took all of its `timeout_s`."""
        if monotonic() - self._cell_began >= timeout_s:
            self._look(self._since_cell, self._cell_limit_s)

    def end_notebook(self) -> None:
        """Look at them over the whole time, which has run out."""
        self._look(self._since, self._notebook_limit_s)

    def _look(self, since: dict[Watched, CpuUse | None], limit_s: float) -> None:
        for process, before in since.items():
            now = process.cpu_use()
            if before is None or now is None:
                continue
            used_s, waited_s = now.used_s - before.used_s, now.wait_for_others_s(before, self._share)
            if waited_s >= MIN_WAIT * limit_s and used_s < ENOUGH * limit_s * self._share:
                got = used_s / (used_s + waited_s * self._share)
                self.got = got if self.got is None else min(self.got, got)


def stretch(got: float) -> float:
    """Return by how much limits are stretched for a process that got the part `got` of its due, with some to spare."""
    return min(max(1.25 / got if got else MAX_STRETCH, MIN_STRETCH), MAX_STRETCH)
