"""Kernels forked from one template: what a learner's code can do to the template, and to the next learner."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from nexus_server.grading.dialogue import run_silently
from nexus_server.grading.forking import ForkedKernel, ForkingSandboxes
from nexus_server.grading.sandboxes import FreshSandboxes

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
    sandboxes = ForkingSandboxes(FreshSandboxes("nexus-python", cpu_share=1.0))
    yield sandboxes
    await sandboxes.close()


async def _run(kernel: ForkedKernel, code: str) -> str:
    reply = await run_silently(kernel, code, 10.0)
    return str(reply["status"]) if reply["status"] == "ok" else str(reply["ename"])


async def _open(sandboxes: ForkingSandboxes) -> ForkedKernel:
    kernel = await sandboxes.open()
    if not isinstance(kernel, ForkedKernel):
        await kernel.close()
        pytest.skip("no Landlock here: every submission has a container of its own")
    return kernel


@pytest.mark.parametrize(
    "attempt",
    [
        "[os.kill(pid, 19) for pid in others]",
        "[os.kill(pid, 9) for pid in others]",
        "[open(f'/proc/{pid}/mem', 'rb') for pid in others]",
        "[os.readlink(f'/proc/{pid}/fd/0') for pid in others]",
        "import ctypes\nassert any(ctypes.CDLL(None).ptrace(16, pid, 0, 0) == 0 for pid in others)",
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


async def test_a_template_whose_limits_were_changed_is_not_used_again(sandboxes: ForkingSandboxes) -> None:
    kernel = await _open(sandboxes)
    before = kernel.template
    change = (
        ZYGOTE + "import resource\n[resource.prlimit(p, resource.RLIMIT_NOFILE, (50, 50)) for p in others if p != 1]"
    )
    assert await _run(kernel, change) == "ok"
    await kernel.close()
    following = await _open(sandboxes)
    assert following.template is not before
    assert await _run(following, "import resource\nassert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 50") == "ok"
    await following.close()
