"""The container's locks, asked of the engine and tried from inside."""

import errno
import os
import stat
from pathlib import Path

import pytest

from nexus_server.kernels.errors import LimitTooHighError
from nexus_server.kernels.sandbox import SandboxRequest
from tests.plugins.kernels import LiveKernel, StartKernel

pytestmark = pytest.mark.docker


async def test_the_engine_confirms_every_lock(kernel: LiveKernel) -> None:
    host = kernel.inspect()["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert "no-new-privileges" in host["SecurityOpt"]
    assert host["Init"] is True
    assert host["LogConfig"]["Type"] == "none"
    assert host["Memory"] == host["MemorySwap"] == 128 * 1024 * 1024
    assert (host["CpuPeriod"], host["CpuQuota"]) == (1_000_000, 100_000)
    assert host["PidsLimit"] == 64
    assert host["Privileged"] is False
    assert {limit["Name"] for limit in host["Ulimits"]} >= {"core", "nofile", "fsize"}
    assert all("size=" in options and "nr_inodes=" in options for options in host["Tmpfs"].values())


async def test_inside_there_are_no_rights(kernel: LiveKernel) -> None:
    status = await kernel.evaluate("open('/proc/self/status').read()")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert fields["CapEff"] == fields["CapBnd"] == fields["CapPrm"] == "0" * 16
    assert fields["NoNewPrivs"] == "1"
    assert fields["Seccomp"] == "2"
    assert "0" not in fields["Uid"].split()


async def test_there_is_no_network(kernel: LiveKernel) -> None:
    assert await kernel.evaluate("__import__('os').listdir('/sys/class/net')") == ["lo"]
    outcome = await kernel.run("import socket; socket.create_connection(('192.0.2.1', 80), 3)")
    assert outcome.ename == "OSError"


async def test_only_the_workspace_and_tmp_can_be_written(kernel: LiveKernel) -> None:
    for place in ("/etc/x", "/opt/nexus/x", "/run/kernel/x", "/home/learner/x", "/dev/x"):
        outcome = await kernel.run(f"open({place!r}, 'w')")
        assert outcome.ename in {"OSError", "PermissionError"}, place
    for place in ("/tmp/x", "x"):
        assert (await kernel.run(f"open({place!r}, 'w').write('x')")).status == "ok", place


async def test_the_servers_environment_stays_outside(
    start_kernel: StartKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "secret-of-the-server")
    kernel = await start_kernel(
        env={**os.environ, "ALSO": "secret-of-the-caller"}, sandbox=SandboxRequest(env={"LAB": "loops"})
    )
    environment = await kernel.evaluate("dict(__import__('os').environ)")
    assert environment["LAB"] == "loops"
    assert not [value for value in environment.values() if "secret-of" in value]


async def test_sockets_cannot_be_replaced(kernel: LiveKernel) -> None:
    outcome = await kernel.run("import os; os.remove('/run/kernel/s-1')")
    assert outcome.ename == "PermissionError"
    path = Path(f"{kernel.km.ip}-1")
    assert stat.S_ISSOCK(path.lstat().st_mode)
    assert path.parent.stat().st_uid == 0


async def test_each_kernel_has_a_key_of_its_own(start_kernel: StartKernel) -> None:
    one, two = await start_kernel(), await start_kernel()
    assert one.km.session.key != two.km.session.key
    assert one.km.ip != two.km.ip


async def test_a_lab_may_ask_for_more_up_to_the_sites_limit(start_kernel: StartKernel) -> None:
    kernel = await start_kernel(sandbox=SandboxRequest(memory_mb=256, cpu_share=0.5))
    host = kernel.inspect()["HostConfig"]
    assert (host["Memory"], host["CpuQuota"]) == (256 * 1024 * 1024, 500_000)
    with pytest.raises(LimitTooHighError):
        await start_kernel(sandbox=SandboxRequest(memory_mb=64_000))


async def test_a_workspace_is_shared_at_once(start_kernel: StartKernel, tmp_path: Path) -> None:
    workspace = tmp_path / "ada"
    workspace.mkdir()
    workspace.chmod(0o777)
    (workspace / "from_host.txt").write_text("hello kernel")
    kernel = await start_kernel(sandbox=SandboxRequest(workspace=workspace))
    assert await kernel.evaluate("open('from_host.txt').read()") == "hello kernel"
    await kernel.run("open('from_kernel.txt', 'w').write('hello host')")
    assert (workspace / "from_kernel.txt").read_text() == "hello host"


#: x86-64 numbers of calls, and arguments with which they don't answer EPERM where no filter stands
FILTERED = {
    "setuid": (105, 61000),
    "setgid": (106, 61000),
    "setreuid": (113, 61000, 61000),
    "setresuid": (117, 61000, 61000, 61000),
    "setresgid": (119, 61000, 61000, 61000),
    "setfsuid": (122, 61000),
    "splice": (275, -1, 0, -1, 0, 0, 0),
    "tee": (276, -1, -1, 0, 0),
    "vmsplice": (278, -1, 0, 0, 0),
    "sched_setscheduler": (144, 0, 3, 0),
    "sched_setattr": (314, 0, 0, 0),
    "io_uring_setup": (425, 1, 0),
    "userfaultfd": (323, 1),
    "perf_event_open": (298, 0, 0, 0, 0, 0),
    "bpf": (321, 0, 0, 0),
    "keyctl": (250, 0, -3, 0),
    "add_key": (248, 0, 0, 0, 0, -3),
    "memfd_create": (319, 0, 0),
    "timer_create": (222, 0, 0, 0),
    "syncfs": (306, -1),
}


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are this machine's")
async def test_filtered_calls_are_refused_to_a_real_kernel(kernel: LiveKernel) -> None:
    tried = (
        "(lambda c: {name: c.CDLL(None, use_errno=True).syscall(*map(c.c_long, call)) and c.get_errno()"
        f" for name, call in {FILTERED!r}.items()}})(__import__('ctypes'))"
    )
    assert await kernel.evaluate(tried) == dict.fromkeys(FILTERED, errno.EPERM)
