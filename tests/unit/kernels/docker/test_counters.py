"""The counters of a container's cgroups are found under both versions of cgroups, and read without surprises."""

from pathlib import Path

import pytest

from nexus_server.kernels.docker.counters import CpuCounters, LimitCounters
from nexus_server.kernels.sandbox import CpuUse, Hits, ThreadTimes


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def find(tmp_path: Path) -> LimitCounters | None:
    return LimitCounters.find(7, root=tmp_path / "cgroup", proc=tmp_path / "proc")


def test_version_1_has_a_tree_for_each_controller(tmp_path: Path) -> None:
    write(tmp_path / "proc/7/cgroup", "9:name=systemd:/docker/abc\n8:pids:/docker/abc\n4:memory:/m\n0::/docker/abc\n")
    write(tmp_path / "cgroup/pids/docker/abc/pids.events", "max 12\n")
    write(tmp_path / "cgroup/memory/m/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    counters = find(tmp_path)
    assert counters is not None
    assert counters.read() == Hits(processes=12, memory=2)
    write(tmp_path / "cgroup/memory/m/memory.usage_in_bytes", f"{30 * 2**20}\n")
    write(tmp_path / "cgroup/memory/m/memory.max_usage_in_bytes", f"{40 * 2**20}\n")
    assert (counters.memory_mb(), counters.peak_mb()) == (30.0, 40.0)


def test_version_2_has_one_tree(tmp_path: Path) -> None:
    write(tmp_path / "proc/7/cgroup", "0::/system.slice/docker-abc.scope\n")
    group = tmp_path / "cgroup/system.slice/docker-abc.scope"
    write(group / "pids.events", "max 3\n")
    write(group / "memory.events", "low 0\nhigh 0\nmax 40\noom 2\noom_kill 1\noom_group_kill 0\n")
    counters = find(tmp_path)
    assert counters is not None
    assert counters.read() == Hits(processes=3, memory=1)
    write(group / "memory.current", f"{3 * 2**19}\n")
    assert (counters.memory_mb(), counters.peak_mb()) == (1.5, None), "kernels before 5.19 have no memory.peak"
    write(group / "memory.peak", f"{2 * 2**20}\n")
    assert counters.peak_mb() == 2.0


@pytest.mark.parametrize("groups", ["", "0::/\n", "8:pids:/docker/abc\n4:memory:/docker/abc\n"])
def test_what_cannot_be_seen_is_not_counted(tmp_path: Path, groups: str) -> None:
    write(tmp_path / "proc/7/cgroup", groups)
    assert find(tmp_path) is None
    assert LimitCounters.find(8, root=tmp_path, proc=tmp_path / "proc") is None, "no such process"


def test_a_cgroup_that_is_gone_counts_nothing(tmp_path: Path) -> None:
    gone = LimitCounters(tmp_path / "pids.events", tmp_path / "memory.events")
    assert gone.read() == Hits()
    assert gone.memory_kills() is None
    assert gone.memory_mb() is None


def find_cpu(tmp_path: Path) -> CpuCounters | None:
    return CpuCounters.find(7, root=tmp_path / "cgroup", proc=tmp_path / "proc")


def test_version_1_counts_the_processor_in_nanoseconds(tmp_path: Path) -> None:
    write(tmp_path / "proc/7/cgroup", "5:cpuacct:/docker/abc\n4:cpu:/docker/abc\n0::/docker/abc\n")
    write(tmp_path / "cgroup/cpuacct/docker/abc/cpuacct.usage", "2500000000\n")
    write(tmp_path / "cgroup/cpuacct/docker/abc/tasks", "7\n9\n11\n")
    write(tmp_path / "proc/7/schedstat", "2000000000 1500000000 12\n")
    write(tmp_path / "proc/9/schedstat", "0 0 1\n")
    counters = find_cpu(tmp_path)
    assert counters is not None
    threads = {7: ThreadTimes(2.0, 1.5), 9: ThreadTimes(0.0, 0.0)}
    assert counters.read() == CpuUse(2.5, threads), "thread 11 ended meanwhile"


def test_version_2_counts_the_processor_in_microseconds(tmp_path: Path) -> None:
    write(tmp_path / "proc/7/cgroup", "0::/system.slice/docker-abc.scope\n")
    group = tmp_path / "cgroup/system.slice/docker-abc.scope"
    write(group / "cpu.stat", "usage_usec 750000\nuser_usec 700000\nsystem_usec 50000\n")
    write(group / "cgroup.threads", "7\n")
    write(tmp_path / "proc/7/schedstat", "750000000 250000000 3\n")
    counters = find_cpu(tmp_path)
    assert counters is not None
    assert counters.read() == CpuUse(0.75, {7: ThreadTimes(0.75, 0.25)})
    (group / "cgroup.threads").write_text("")
    assert counters.read() is None, "nothing is known of a sandbox without threads"


def test_a_processor_that_cannot_be_seen_is_not_counted(tmp_path: Path) -> None:
    write(tmp_path / "proc/7/cgroup", "0::/elsewhere\n")
    assert find_cpu(tmp_path) is None
    assert CpuCounters(tmp_path / "cpuacct.usage", tmp_path / "tasks", tmp_path / "proc").read() is None
