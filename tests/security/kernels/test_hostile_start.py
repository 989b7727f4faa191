"""Programs of an image that are hostile from their first instruction: before the server has connected to anything.

A learner's code does not run so early. An image's program might, and then its socket directory is still its own: it can
put links, files and pipes where sockets should be, answer nonsense, or leave what is hard to remove.
"""

import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from jupyter_client.kernelspec import KernelSpecManager

from nexus_server.errors import NexusError
from nexus_server.kernels.errors import KernelStartError, UnsafeSocketError
from nexus_server.kernels.launcher import KernelImage
from nexus_server.kernels.runtime import SandboxRuntime
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.specs import image_of
from tests.plugins.kernels import LiveKernel, containers, open_kernel
from tests.plugins.sampling import sampled

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

START_TIMEOUT_S = 10.0
#: for what never gets ready: it is waited for in full
SILENT_TIMEOUT_S = 5.0
#: for the engine to make the container and to remove it, on a busy machine
ENGINE_SLACK_S = 60.0
NEIGHBOUR_SLACK_S = 15.0

TOOLS = """
import os, socket, sys, time
sys.path.append('/opt/nexus/lib')
os.chdir('/run/kernel')
def listen(name):
    plug = socket.socket(socket.AF_UNIX)
    plug.bind(name)
    plug.listen()
    return plug
"""
FOUR = "kept = [listen(f's-{n}') for n in range(2, 6)]\n"
FIVE = "kept = [listen(f's-{n}') for n in range(1, 6)]\n"
STAY = "\nwhile True: time.sleep(1)"
#: answers every request with frames that are no message, and does not stop
BABBLE = """
import zmq
def bind(n, kind):
    plug = zmq.Context.instance().socket(kind)
    plug.bind(f'ipc:///run/kernel/s-{n}')
    return plug
kept = [bind(n, zmq.ROUTER) for n in (2, 3, 4, 5)]
shell = bind(1, zmq.ROUTER)
whose = shell.recv_multipart()[0]
while True: shell.send_multipart([whose, b'<IDS|MSG>', b'', b'{', b'[]', b'7', b'{}'])
"""
DEEP = """
for _ in range(3000):
    os.mkdir('d'); os.chdir('d')
open('/run/kernel/s-1', 'w').close()
"""
SWAP = """
os.symlink('{secret}', 'link')
while True:
    os.rename('s-1', 'kept'); os.rename('link', 's-1'); os.rename('s-1', 'link'); os.rename('kept', 's-1')
"""

#: what the program does, and which failure its start must end with; `{secret}` is a neighbour's socket on the host
TRICKS: dict[str, tuple[str, type[NexusError], str]] = {
    "a link to a neighbour's socket": (
        FOUR + "os.symlink('{secret}', 's-1')" + STAY,
        UnsafeSocketError,
        "sockets are not what",
    ),
    "a link to a file of the server": (
        FOUR + "os.symlink('/etc/shadow', 's-1')" + STAY,
        UnsafeSocketError,
        "sockets are not what",
    ),
    "a link to its own socket": (
        FOUR + "kept += [listen('x')]; os.symlink('x', 's-1')" + STAY,
        UnsafeSocketError,
        "sockets are not what",
    ),
    "a file": (FOUR + "open('s-1', 'w').close()" + STAY, UnsafeSocketError, "sockets are not what"),
    "a FIFO": (FOUR + "os.mkfifo('s-1')" + STAY, UnsafeSocketError, "sockets are not what"),
    "a directory": (FOUR + "os.mkdir('s-1')" + STAY, UnsafeSocketError, "sockets are not what"),
    "a socket that becomes a link again and again": (FIVE + SWAP, NexusError, "kernel"),
    "a socket that is deleted": (FOUR + "listen('s-1').close(); os.unlink('s-1')" + STAY, KernelStartError, "within"),
    "sockets that nobody answers": (FIVE + STAY, KernelStartError, "within"),
    "sockets that answer nonsense": (BABBLE, KernelStartError, "as kernels do"),
    "a directory that it locks": (FIVE + "os.chmod('.', 0)" + STAY, KernelStartError, "within"),
    "an end before the start": (FOUR + "sys.exit(3)", KernelStartError, "code 3"),
    "directories three thousand deep": (DEEP + STAY, UnsafeSocketError, "sockets are not what"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def neighbour() -> AsyncIterator[LiveKernel]:
    kernel = await open_kernel()
    yield kernel
    await kernel.close()


@pytest.fixture
async def site(tmp_path: Path, name: str) -> AsyncIterator[SandboxRuntime]:
    timeout_s = SILENT_TIMEOUT_S if TRICKS[name][2] == "within" else START_TIMEOUT_S
    built = SandboxRuntime(SandboxSettings(start_timeout_s=timeout_s), tmp_path / "data")
    yield built
    built.close()


async def cell_time(kernel: LiveKernel) -> float:
    begun = time.perf_counter()
    assert (await kernel.run("1 + 1")).status == "ok"
    return time.perf_counter() - begun


#: others that never end; `make test` has `sockets that nobody answers`
ENDLESS = {"a directory that it locks", "a socket that is deleted"}


@pytest.mark.parametrize("name", sampled(list(TRICKS), TRICKS.keys() - ENDLESS))
async def test_a_hostile_start_fails_clearly_and_harms_nobody(
    site: SandboxRuntime, neighbour: LiveKernel, report: list[dict[str, object]], name: str
) -> None:
    code, failure, words = TRICKS[name]
    before = statistics.median([await cell_time(neighbour) for _ in range(3)])
    program = TOOLS + code.replace("{secret}", f"{neighbour.km.ip}-1")
    reference = image_of(KernelSpecManager().get_kernel_spec("nexus-python")).reference
    image = KernelImage(reference, ("python3", "-c", program), is_claimable=False, env={})
    kernel_id = str(uuid4())
    begun = time.monotonic()
    with pytest.raises(failure, match=words) as caught:
        await site.launcher.launch(kernel_id, b"key", image, SandboxRequest())
    assert time.monotonic() - begun < START_TIMEOUT_S + ENGINE_SLACK_S
    during = statistics.median([await cell_time(neighbour) for _ in range(3)])
    assert containers(kernel_id) == []
    assert [left.name for left in site.root.iterdir()] == [site.owner.path.name], "nothing of it is left"
    assert kernel_id not in site.launcher.owned
    assert during < before + NEIGHBOUR_SLACK_S, "the neighbour must not suffer"
    report.append(
        {
            "name": name,
            "group": "start",
            "expected": "refused",
            "outcome": f"refused: {type(caught.value).__name__}",
            "neighbour_ms_before": round(before * 1000, 1),
            "neighbour_ms_during": round(during * 1000, 1),
        }
    )
