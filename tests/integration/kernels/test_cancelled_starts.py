"""A start that is cancelled anywhere on its way leaves nothing: each place where it waits is tried, early and late."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import uuid4

import pytest

from nexus_server.grading.sandboxes.fresh import FreshSandboxes, ManagedKernel
from nexus_server.kernels.clean_start import CleanStart
from nexus_server.kernels.runtime import SandboxRuntime
from nexus_server.kernels.sandbox import SandboxRequest
from tests.integration.kernels.conftest import StartRuntime
from tests.plugins.stepping import Place, Stepped, look, nothing_left, run_stepped

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(1800)]

Start = Callable[[], Coroutine[Any, Any, Any]]


def grading_start(_: SandboxRuntime) -> Start:
    return FreshSandboxes("nexus-python").open


def learner_start(server: SandboxRuntime) -> Start:
    """A kernel with a workspace, which goes through the queue and is written down for the next server."""
    owner = uuid4()

    async def start() -> ManagedKernel:
        request = SandboxRequest(workspace=await server.workspaces.open(owner), owner=str(owner))
        km = CleanStart(kernel_name="nexus-python")
        await km.start_kernel(sandbox=request)
        return ManagedKernel(km, km.client())

    return start


@pytest.mark.parametrize("is_late", [False, True], ids=["early", "late"])
@pytest.mark.parametrize("kind", [grading_start, learner_start])
async def test_a_start_that_is_cancelled_anywhere_leaves_nothing(
    start_runtime: StartRuntime, kind: Callable[[SandboxRuntime], Start], *, is_late: bool
) -> None:
    server = await start_runtime(max_starting=2)
    start = kind(server)
    await (await start()).close()  # what is made on first use stays
    before = look(server.owner.path, server.root)
    tried = set[Place]()
    while True:
        stepped = Stepped(start(), tried, is_late)
        task = asyncio.create_task(run_stepped(stepped), name="start")
        await asyncio.wait({task})
        if not task.cancelled():
            await task.result().close()
        assert await nothing_left(server.owner.path, server.root, before) == {}, f"cancelled at {stepped.place}"
        if stepped.place is None:
            break
    # The moment that Jupyter waits after the kernel runs is among them.
    assert any("in_pending_state" in step for place in tried for step in place)
