"""What is left on the engine when a caller gives up, or when two end the same container."""

import asyncio
import signal
from pathlib import Path
from uuid import uuid4

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from nexus_server.kernels.errors import KernelFrozenError
from nexus_server.kernels.kernel_request import KernelRequest
from nexus_server.kernels.launcher import RunningKernel
from nexus_server.kernels.runtime import SandboxRuntime
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.specs import image_of
from tests.integration.kernels.conftest import StartRuntime
from tests.plugins.kernels import containers

pytestmark = pytest.mark.docker


def launch(site: SandboxRuntime, kernel_id: str) -> asyncio.Task[RunningKernel]:
    image = image_of(KernelSpecManager().get_kernel_spec("nexus-python"))
    return asyncio.create_task(site.launcher.launch(kernel_id, b"a key", image, SandboxRequest()))


async def test_a_start_that_nobody_waits_for_any_more_leaves_no_container(start_runtime: StartRuntime) -> None:
    site, kernel_id = await start_runtime(), str(uuid4())
    launching = launch(site, kernel_id)
    while not await asyncio.to_thread(containers, kernel_id):
        assert not launching.done()
    launching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await launching
    assert containers(kernel_id) == []
    assert kernel_id not in site.launcher.owned


async def test_a_container_that_two_remove_is_gone_for_both(start_runtime: StartRuntime) -> None:
    site, kernel_id = await start_runtime(), str(uuid4())
    kernel = await launch(site, kernel_id)
    left: list[list[str]] = []

    async def remove() -> None:
        await site.backend.remove(kernel.sandbox.id)
        left.append(containers(kernel_id))

    await asyncio.gather(*(remove() for _ in range(4)))
    assert left == [[]] * 4
    await kernel.close()


async def ask(kernel: RunningKernel, code: str, *, within_s: float = 60) -> str:
    """Run a line whose value is asked for as an expression, and return it."""
    async with asyncio.timeout(within_s), KernelRequest(kernel.connection_info, "shell") as shell:
        content = {"code": "", "silent": True, "store_history": False, "user_expressions": {"it": code}}
        reply = await shell.ask("execute_request", {**content, "allow_stdin": False})
    found: str = reply["user_expressions"]["it"]["data"]["text/plain"]
    return found


async def test_a_frozen_kernel_does_nothing_and_keeps_what_it_knows(start_runtime: StartRuntime) -> None:
    site = await start_runtime()
    kernel = await launch(site, str(uuid4()))
    assert await ask(kernel, "globals().update(x=41)") == "None"
    await kernel.sandbox.freeze()
    await kernel.sandbox.freeze()
    assert await kernel.sandbox.poll() is None, "it lives"
    with pytest.raises(KernelFrozenError):
        await kernel.sandbox.signal(signal.SIGINT)
    with pytest.raises(TimeoutError):
        await ask(kernel, "x", within_s=1)
    await kernel.sandbox.thaw()
    await kernel.sandbox.thaw()
    assert await ask(kernel, "x + 1") == "42"
    await kernel.sandbox.freeze()
    await kernel.close()
    assert containers(kernel.label) == []


async def test_a_frozen_kernel_can_be_killed(start_runtime: StartRuntime) -> None:
    site = await start_runtime()
    kernel = await launch(site, str(uuid4()))
    await kernel.sandbox.freeze()
    await kernel.sandbox.signal(signal.SIGKILL)
    while (ended := await kernel.sandbox.poll()) is None:
        await asyncio.sleep(0.02)  # its end is looked for, as the product does
    assert ended.code == 137
    await kernel.sandbox.freeze()
    await kernel.sandbox.thaw()
    await kernel.close()


async def test_a_frozen_kernel_outlives_its_server(start_runtime: StartRuntime, tmp_path: Path) -> None:
    kernel_id, image = str(uuid4()), image_of(KernelSpecManager().get_kernel_spec("nexus-python"))
    first = await start_runtime(tmp_path / "data")
    kernel = await first.open_kernel(kernel_id, b"a key", image, SandboxRequest())
    assert await ask(kernel, "globals().update(x=42)") == "None"
    await kernel.sandbox.freeze()
    kernel.let_go()
    first.close()  # as its process ends
    second = await start_runtime(tmp_path / "data")
    adopted = second.adopt(kernel_id)
    assert adopted is not None, "one that stands still is found, too"
    await adopted.sandbox.thaw()
    assert await ask(adopted, "x") == "42"
    await adopted.close()
