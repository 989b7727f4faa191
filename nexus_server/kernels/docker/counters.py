"""How often a sandbox ran into limits that do not end it, and what it takes: the machine's kernel counts, and we read.

A full `pids` cgroup refuses a fork, and a full `memory` cgroup may kill a child and leave the kernel alive. Both count
that in a small file of the cgroup, under version 1 and version 2 alike. To read them costs some microseconds, and takes
no engine.
"""

from dataclasses import dataclass
from pathlib import Path

from nexus_server.kernels.limits import MIB
from nexus_server.kernels.sandbox import CpuUse, Hits, ThreadTimes

CGROUPS = Path("/sys/fs/cgroup")
PROC = Path("/proc")
NS_PER_S = 1_000_000_000
US_PER_S = 1_000_000


@dataclass(frozen=True, slots=True)
class LimitCounters:
    """The counters of one container's cgroups."""

    processes: Path
    memory: Path

    @classmethod
    def find(cls, pid: int, *, root: Path = CGROUPS, proc: Path = PROC) -> "LimitCounters | None":
        """Return the counters of a process's cgroups, or None when they cannot be seen from here."""
        groups = _groups(proc / str(pid) / "cgroup")
        unified = root / groups.get("", "").lstrip("/")
        pids, memory = (_version_1(root, groups, name) for name in ("pids", "memory"))
        found = cls(
            processes=(pids or unified) / "pids.events",
            memory=memory / "memory.oom_control" if memory else unified / "memory.events",
        )
        return found if found.processes.is_file() and found.memory.is_file() else None

    def read(self) -> Hits:
        """Return the counts; a cgroup that is gone counts nothing."""
        return Hits(processes=_count(self.processes, "max") or 0, memory=self.memory_kills() or 0)

    def memory_mb(self) -> float | None:
        """Return the memory charged now, in MiB, page cache included; None: the cgroup is gone."""
        return self._mb("memory.usage_in_bytes", "memory.current")

    def peak_mb(self) -> float | None:
        """Return the most memory that was charged so far, in MiB; None: the cgroup is gone, or does not count."""
        return self._mb("memory.max_usage_in_bytes", "memory.peak")

    def _mb(self, version_1: str, version_2: str) -> float | None:
        name = version_1 if self.memory.name == "memory.oom_control" else version_2
        try:
            return int(self.memory.with_name(name).read_text(encoding="ascii")) / MIB
        except (OSError, ValueError):
            return None

    def memory_kills(self) -> int | None:
        """Return how many processes were killed for want of memory; None: the cgroup is gone, or does not count."""
        return _count(self.memory, "oom_kill")


@dataclass(frozen=True, slots=True)
class CpuCounters:
    """What the processor gave one container's threads, and how long each waited for it."""

    #: the file that counts what all of them used together
    usage: Path
    #: the file that names the threads
    threads: Path
    proc: Path

    @classmethod
    def find(cls, pid: int, *, root: Path = CGROUPS, proc: Path = PROC) -> "CpuCounters | None":
        """Return the counters of a process's cgroup, or None when they cannot be seen from here."""
        groups = _groups(proc / str(pid) / "cgroup")
        unified = root / groups.get("", "").lstrip("/")
        old = _version_1(root, groups, "cpuacct")
        usage = old / "cpuacct.usage" if old else unified / "cpu.stat"
        threads = old / "tasks" if old else unified / "cgroup.threads"
        return cls(usage, threads, proc) if usage.is_file() and threads.is_file() else None

    def read(self) -> CpuUse | None:
        """Return the counts up to now; None: the cgroup is gone, or does not count.

        A thread's times are the first two numbers of its `schedstat`: nanoseconds that it ran, and in which it was
        ready to and did not (Linux, Documentation/scheduler/sched-stats.rst).
        """
        try:
            used_s = self._used_s()
            ids = [int(line) for line in self.threads.read_text(encoding="ascii").split()]
        except (OSError, ValueError):
            return None
        threads = {thread: times for thread in ids if (times := self._times(thread)) is not None}
        return CpuUse(used_s, threads) if used_s is not None and threads else None

    def _used_s(self) -> float | None:
        if self.usage.name == "cpuacct.usage":
            return int(self.usage.read_text(encoding="ascii")) / NS_PER_S
        used_us = _count(self.usage, "usage_usec")
        return None if used_us is None else used_us / US_PER_S

    def _times(self, thread: int) -> ThreadTimes | None:
        try:
            ran_ns, waited_ns, _ = (self.proc / str(thread) / "schedstat").read_text(encoding="ascii").split()
            return ThreadTimes(int(ran_ns) / NS_PER_S, int(waited_ns) / NS_PER_S)
        except (OSError, ValueError):
            return None


def _groups(file: Path) -> dict[str, str]:
    """Return a process's cgroup by controller; version 2 has one for all, here under the empty name."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    found = {}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        found.update(dict.fromkeys(controllers.split(","), path))
    return found


def _version_1(root: Path, groups: dict[str, str], controller: str) -> Path | None:
    return root / controller / groups[controller].lstrip("/") if controller in groups else None


def _count(file: Path, name: str) -> int | None:
    try:
        for line in file.read_text(encoding="ascii").splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    except (OSError, ValueError):
        pass
    return None
