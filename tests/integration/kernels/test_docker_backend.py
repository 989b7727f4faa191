"""What is left on the engine when a caller gives up, or when two end the same container."""

import asyncio
from uuid import uuid4

import pytest
from jupyter_client.kernelspec import KernelSpecManager

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
