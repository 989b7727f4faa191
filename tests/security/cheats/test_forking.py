"""Kernels forked from one template: what a learner's code can do to the template, and to the next learner."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from nexus_server.grading.sandboxes.forking import ForkingSandboxes
from nexus_server.grading.sandboxes.fresh import FreshSandboxes
from nexus_server.grading.sandboxes.stdin_dialogue import KernelLostError, run_silently
from nexus_server.grading.sandboxes.template import ForkedKernel
from nexus_server.kernels import runtime
from tests.plugins.sampling import sampled

pytestmark = [
    pytest.mark.docker,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ZYGOTE = """
import os
others = [int(name) for name in os.listdir('/proc') if name.isdigit() and int(name) != os.getpid()]
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandboxes() -> AsyncIterator[ForkingSandboxes]:
    fresh = FreshSandboxes("nexus-python", cpu_share=1.0)
    sandboxes = ForkingSandboxes(fresh, fresh, templates=1, rush_kernels=1)
    yield sandboxes
    await sandboxes.close()


async def _run(kernel: ForkedKernel, code: str) -> str:
    reply = await run_silently(kernel, code, 10.0)
    return "ok" if reply["status"] == "ok" else str(reply["ename"])


async def _open(sandboxes: ForkingSandboxes) -> ForkedKernel:
    """Open kernels until one is forked: those before have containers of their own, while the template starts."""
    while not isinstance(kernel := await sandboxes.open(), ForkedKernel):
        await kernel.close()
    return kernel


@pytest.mark.parametrize(
    "attempt",
    [
        "[os.kill(pid, 19) for pid in others]",
        "[os.kill(pid, 9) for pid in others]",
        "[open(f'/proc/{pid}/mem', 'rb') for pid in others]",
        "[os.readlink(f'/proc/{pid}/fd/0') for pid in others]",
        "import ctypes\nassert any(ctypes.CDLL(None).ptrace(16, pid, 0, 0) == 0 for pid in others)",
        "import resource\n[resource.prlimit(pid, resource.RLIMIT_NOFILE, (50, 50)) for pid in others]",
        "[os.sched_setaffinity(pid, {0}) for pid in others]",
        "[os.setpriority(os.PRIO_PROCESS, pid, 19) for pid in others]",
        "os.setuid(0)",
        "os.setresgid(0, 0, 0)",
        "os.setgroups([0])",
        "os.chroot('/tmp')",
        "open('/run/kernel/z', 'w')",
        "open('/run/kernel/forged', 'w')",
        "import pathlib\n[pathlib.Path(f'/proc/{pid}/oom_score_adj').write_text('0') for pid in others]",
    ],
)
async def test_the_template_is_out_of_reach(sandboxes: ForkingSandboxes, attempt: str) -> None:
    kernel = await _open(sandboxes)
    assert await _run(kernel, ZYGOTE + "assert len(others) == 2") == "ok"
    assert await _run(kernel, ZYGOTE + attempt) in ("PermissionError", "AssertionError")
    await kernel.close()


async def test_processes_files_and_memory_do_not_reach_the_next_learner(sandboxes: ForkingSandboxes) -> None:
    kernel = await _open(sandboxes)
    leave = """
import builtins, os, subprocess, sys
builtins.left_behind = sys.left_behind = True
for place in ('.', '/tmp', '/dev/shm'):
    os.makedirs(f'{place}/deep/deeper', exist_ok=True)
    open(f'{place}/deep/deeper/left', 'w').close()
    os.chmod(f'{place}/deep', 0)
subprocess.Popen(['sleep', '1000'], start_new_session=True)
if not os.fork():
    os.setsid()
    import time
    time.sleep(1000)
"""
    assert await _run(kernel, leave) == "ok"
    await kernel.close()
    following = await _open(sandboxes)
    look = """
import os, sys, builtins
assert not hasattr(builtins, 'left_behind') and not hasattr(sys, 'left_behind')
assert os.listdir('.') == [] and os.listdir('/dev/shm') == [] and 'deep' not in os.listdir('/tmp')
assert len([name for name in os.listdir('/proc') if name.isdigit()]) == 3
"""
    assert await _run(following, look) == "ok"
    await following.close()


async def test_a_forked_kernel_is_like_any_other(sandboxes: ForkingSandboxes) -> None:
    look = """
import os, pathlib
status = pathlib.Path('/proc/self/status').read_text()
assert [line.split()[1] for line in status.splitlines() if line.startswith('Cap')][:3] == ['0' * 16] * 3
assert 'NoNewPrivs:\\t1' in status
assert os.getresuid() == (61000,) * 3 and os.getresgid() == (61000,) * 3 and os.getgroups() == []
assert os.getcwd() == '/home/learner/work' and os.umask(0o022) == 0o002
open('mine.txt', 'w').close()
""".replace("61000", str(runtime.current().launcher.uid))
    kernel = await _open(sandboxes)
    assert await _run(kernel, look) == "ok"
    drawn = await _draw(kernel)
    await kernel.close()
    following = await _open(sandboxes)
    assert following.template is kernel.template
    assert await _draw(following) != drawn
    await following.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives directories away")
async def test_a_starting_kernel_can_read_its_directory_all_the_time(
    sandboxes: ForkingSandboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in two hundred did not find its connection file, ended, and was waited for."""
    modes: list[int] = []
    chown = os.chown

    def watched(path: Path, uid: int, gid: int) -> None:
        if uid == 0:
            modes.append(path.stat().st_mode & 0o777)
        chown(path, uid, gid)

    monkeypatch.setattr("os.chown", watched)
    kernel = await _open(sandboxes)
    await kernel.close()
    await (await _open(sandboxes)).close()
    assert modes
    assert set(modes) == {0o755}


async def _draw(kernel: ForkedKernel) -> str:
    code = "import random\nraise KeyError(random.random())"
    return str((await run_silently(kernel, code, 10.0))["evalue"])


async def test_memory_that_runs_out_ends_one_learners_kernel_only(sandboxes: ForkingSandboxes) -> None:
    kernel = await _open(sandboxes)
    with pytest.raises(KernelLostError):
        await run_silently(kernel, "x = bytearray(10**9)", 20.0)
    await kernel.close()
    following = await _open(sandboxes)
    assert await _run(following, "x = bytearray(10**7)") == "ok"
    await following.close()


async def test_a_template_that_finds_anything_unusual_is_not_used_again(sandboxes: ForkingSandboxes) -> None:
    kernel = await _open(sandboxes)
    deep = "import os\nfor _ in range(3000):\n    os.mkdir('d')\n    os.chdir('d')"
    await _run(kernel, deep)
    await kernel.close()
    following = await _open(sandboxes)
    assert following.template is not kernel.template
    assert await _run(following, "import os\nassert os.listdir('.') == []") == "ok"
    await following.close()


async def test_kernels_have_containers_of_their_own_while_there_is_no_rush() -> None:
    fresh = FreshSandboxes("nexus-python", cpu_share=1.0)
    sandboxes = ForkingSandboxes(fresh, fresh, templates=1, rush_kernels=3)
    try:
        for _ in range(2):
            kernel = await sandboxes.open()
            assert not isinstance(kernel, ForkedKernel)
            await kernel.close()
        await (await _open(sandboxes)).close()
    finally:
        await sandboxes.close()


async def test_templates_are_ended_when_nobody_needs_them_any_more() -> None:
    fresh = FreshSandboxes("nexus-python", cpu_share=1.0)
    sandboxes = ForkingSandboxes(fresh, fresh, templates=1, rush_kernels=1, keep_s=3.0)
    try:
        kernel = await _open(sandboxes)
        container = kernel.template.container_id
        await kernel.close()
        while await is_there(container):
            pass  # the suite's time limit ends a wait in vain
        following = await sandboxes.open()
        assert not isinstance(following, ForkedKernel), "none waits any more"
        await following.close()
    finally:
        await sandboxes.close()


async def test_a_kernel_that_is_being_forked_while_all_is_closed_is_ended_too() -> None:
    fresh = FreshSandboxes("nexus-python", cpu_share=1.0)
    sandboxes = ForkingSandboxes(fresh, fresh, templates=1, rush_kernels=1)
    kernel = await _open(sandboxes)
    container = kernel.template.container_id
    await kernel.close()
    await asyncio.sleep(0)  # cleaning has begun
    await sandboxes.close()
    assert not await is_there(container)


@pytest.mark.parametrize(
    "answer", sampled([{}, {"clean": 1}, {"clean": "yes"}], ["number"], ids=["nothing", "number", "text"])
)
async def test_a_template_that_answers_nonsense_is_given_up_with_its_container(answer: dict[str, object]) -> None:
    fresh = FreshSandboxes("nexus-python", cpu_share=1.0)
    sandboxes = ForkingSandboxes(fresh, fresh, templates=1, rush_kernels=1)
    try:
        kernel = await _open(sandboxes)
        container, ask = kernel.template.container_id, kernel.template.ask

        async def garble(what: str, **arguments: object) -> dict[str, object]:
            return answer if what == "clean" else await ask(what, **arguments)

        kernel.template.ask = garble  # type: ignore[method-assign]
        await kernel.close()
        following = await _open(sandboxes)  # the count of templates is right again, or none would come
        assert following.template is not kernel.template
        assert not await is_there(container)
        await following.close()
    finally:
        await sandboxes.close()


async def test_a_kernel_that_ended_while_it_waited_is_not_given() -> None:
    fresh = FreshSandboxes("nexus-python", cpu_share=1.0)
    sandboxes = ForkingSandboxes(fresh, fresh, templates=1, rush_kernels=1)
    try:
        kernel = await _open(sandboxes)
        await kernel.close()
        container = kernel.template.container_id
        while not sandboxes._ready:
            await asyncio.sleep(0.01)  # its template sends no event
        await runtime.current().backend.remove(container)
        following = await sandboxes.open()
        assert await following.km.is_alive()
        await following.close()
    finally:
        await sandboxes.close()
    assert not await is_there(container)


async def is_there(container: str) -> bool:
    return container in {each.id for each in await runtime.current().backend.list()}


async def test_kernels_with_the_most_memory_that_a_site_gives_are_forked_too() -> None:
    most = runtime.current().settings.max_memory_mb
    fresh = FreshSandboxes("nexus-data", memory_mb=most, cpu_share=1.0)
    sandboxes = ForkingSandboxes(fresh, fresh, templates=1, rush_kernels=1)
    try:
        kernel = await _open(sandboxes)
        code = (
            "import numpy as np, pandas as pd, matplotlib.pyplot as plt\nplt.plot(np.arange(3)); plt.savefig('x.png')"
        )
        assert await _run(kernel, code) == "ok"
        await kernel.close()
    finally:
        await sandboxes.close()
