"""How much one kernel may use: pure data and arithmetic."""

from dataclasses import dataclass, replace
from pathlib import Path

from nexus_server.kernels.errors import LimitTooHighError
from nexus_server.phrases import phrase

#: CFS accounting period. A whole second, so that 0.1 CPU is one burst of 100 ms instead of ten of 10 ms: a short cell
#: finishes inside its first burst and feels like an uncapped kernel.
CPU_PERIOD_US = 1_000_000
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class KernelLimits:
    """The limits of one running kernel."""

    #: MiB, without swap
    memory_mb: int = 128
    #: CPUs; 0.1 is a tenth of one
    cpu_share: float = 0.1
    #: processes and threads
    pids: int = 64
    #: MiB of each memory-backed directory (/tmp, /dev/shm); charged to `memory_mb` too
    tmp_mb: int = 32
    #: files in each memory-backed directory
    tmp_inodes: int = 2048
    #: open files of one process
    open_files: int = 512
    #: MiB of the largest file a process may write
    file_mb: int = 256

    @property
    def cpu_quota_us(self) -> int:
        """Microseconds of CPU per `CPU_PERIOD_US`."""
        return max(int(self.cpu_share * CPU_PERIOD_US), 1000)

    @property
    def memory_bytes(self) -> int:
        """Memory in bytes."""
        return self.memory_mb * MIB

    def asking(self, memory_mb: int | None, cpu_share: float | None, *, ceiling: "KernelLimits") -> "KernelLimits":
        """Return these limits with what a lab asks for.

        Raises:
            LimitTooHighError: a lab asks for more than `ceiling`.
        """
        wanted = replace(self, memory_mb=memory_mb or self.memory_mb, cpu_share=cpu_share or self.cpu_share)
        too_high = {
            name: phrase("at most {limit}", limit=getattr(ceiling, name))
            for name in ("memory_mb", "cpu_share")
            if getattr(wanted, name) > getattr(ceiling, name)
        }
        if too_high:
            raise LimitTooHighError(fields=too_high)
        return wanted


def available_mb(meminfo: Path = Path("/proc/meminfo")) -> int:
    """MiB of this machine that programs could take now without swap."""
    lines = (line.split() for line in meminfo.read_text(encoding="ascii").splitlines())
    return next(int(words[1]) for words in lines if words[0] == "MemAvailable:") // 1024
