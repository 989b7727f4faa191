"""What a lab's reference solution takes: memory, processor and time, measured in the sandbox."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

from nexus_server.courses.lab_checks import LabToCheck
from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.sandboxes.fresh import FreshSandboxes, Sandboxes, SandboxKernel
from nexus_server.kernels.provisioner import SandboxProvisioner
from nexus_server.kernels.sandbox import CpuUse, Exit
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.submissions.engine_grader import options_of


@dataclass(frozen=True, slots=True)
class KernelUse:
    """What one kernel took until it was ended; None: that could not be seen."""

    peak_mb: float | None
    cpu_s: float | None


@dataclass(frozen=True, slots=True)
class LabMeasure:
    """What grading a lab's reference solution once took."""

    #: of the kernel that took most
    peak_mb: float | None
    #: of all kernels together
    cpu_s: float | None
    duration_s: float


@dataclass(slots=True)
class MeasuredKernel:
    """A kernel whose use is noted when it is closed."""

    kernel: SandboxKernel
    uses: list[KernelUse]
    km: Any = field(init=False)
    kc: Any = field(init=False)
    is_noted: bool = False

    def __post_init__(self) -> None:
        """Be managed and asked as the kernel is."""
        self.km, self.kc = self.kernel.km, self.kernel.kc

    async def find_exit(self) -> Exit | None:
        """Return how its sandbox ended."""
        return await self.kernel.find_exit()

    def cpu_use(self) -> CpuUse | None:
        """Return what its sandbox had of the processor so far."""
        return self.kernel.cpu_use()

    async def close(self) -> None:
        """Note what it took, and end it."""
        if not self.is_noted:
            self.is_noted = True
            cpu = self.kernel.cpu_use()
            self.uses.append(KernelUse(_peak_of(self.kernel), cpu.used_s if cpu else None))
        await self.kernel.close()


class MeasuredSandboxes:
    """Gives kernels of other sandboxes, and keeps what they took."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        """`sandboxes` gives the kernels."""
        self._sandboxes = sandboxes
        self.uses: list[KernelUse] = []

    async def open(self) -> SandboxKernel:
        """Give a kernel that is measured."""
        return MeasuredKernel(await self._sandboxes.open(), self.uses)

    async def image(self) -> str:
        """Name what the kernels run in."""
        return await self._sandboxes.image()

    async def close(self) -> None:
        """End what is kept warm."""
        await self._sandboxes.close()


async def measure_lab(lab: LabToCheck, site: GradeOptions) -> LabMeasure:
    """Grade the reference solution once, and return what that took.

    Raises:
        SandboxUnavailableError: its kernel is not there.
    """
    asked = lab.spec.model_dump(mode="json", exclude_none=True)
    options = options_of(replace(site, judges_reference=True, start_ahead=0, calibrate=False), asked)
    fresh = FreshSandboxes(options.kernel_name, options.startup_timeout_s, options.memory_mb, options.cpu_share)
    sandboxes = MeasuredSandboxes(fresh)
    grader = Grader(options, sandboxes)
    source = parse_notebook(lab.lab.source_notebook)
    began = time.monotonic()
    try:
        await grader.grade(source, source, files=lab.data)
    finally:
        await grader.close()
    return measure_of(sandboxes.uses, time.monotonic() - began)


def measure_of(uses: list[KernelUse], duration_s: float) -> LabMeasure:
    """Put the uses of a grading's kernels together."""
    peaks = [use.peak_mb for use in uses if use.peak_mb is not None]
    spent = [use.cpu_s for use in uses if use.cpu_s is not None]
    return LabMeasure(max(peaks, default=None), sum(spent) if spent else None, duration_s)


def _peak_of(kernel: SandboxKernel) -> float | None:
    provisioner = kernel.km.provisioner
    is_running = isinstance(provisioner, SandboxProvisioner) and provisioner.has_process
    return provisioner.kernel.sandbox.peak_mb() if is_running else None
