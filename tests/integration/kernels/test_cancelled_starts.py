"""A start that is cancelled anywhere on its way leaves nothing: each place where it waits is tried, early and late."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import uuid4

import pytest

from nexus_server.grading.sandboxes.forking import ForkingSandboxes
from nexus_server.grading.sandboxes.fresh import FreshSandboxes, ManagedKernel
from nexus_server.grading.sandboxes.stdin_dialogue import run_silently
from nexus_server.grading.sandboxes.template import ForkedKernel
from nexus_server.kernels.clean_start import CleanStart
from nexus_server.kernels.runtime import SandboxRuntime
from nexus_server.kernels.sandbox import SandboxRequest
from tests.integration.kernels.conftest import StartRuntime
from tests.plugins.sampling import sampled
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


@pytest.mark.parametrize(
    ("kind", "is_late"),
    sampled(
        [(grading_start, False), (grading_start, True), (learner_start, False), (learner_start, True)],
        ["learner-early"],
        ids=["grading-early", "grading-late", "learner-early", "learner-late"],
    ),
)
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


async def forked(sandboxes: ForkingSandboxes) -> ForkedKernel:
    """Open kernels until one comes from a template."""
    while not isinstance(kernel := await sandboxes.open(), ForkedKernel):
        await kernel.close()
    return kernel


@pytest.mark.parametrize("is_late", sampled([False, True], ["late"], ids=["early", "late"]))
async def test_taking_a_forked_kernel_that_is_cancelled_anywhere_leaves_it_for_the_next(
    start_runtime: StartRuntime, *, is_late: bool
) -> None:
    await start_runtime()
    fresh = FreshSandboxes("nexus-python")
    sandboxes = ForkingSandboxes(fresh, fresh, templates=1, rush_kernels=1)
    try:
        first = await forked(sandboxes)
        container = first.template.container_id
        await first.close()
        tried = set[Place]()
        while True:
            stepped = Stepped(forked(sandboxes), tried, is_late)
            task = asyncio.create_task(run_stepped(stepped))
            await asyncio.wait({task})
            if not task.cancelled():
                break
        assert len(tried) > 1
        kernel = task.result()
        assert (await run_silently(kernel, "1 + 1", 30.0))["status"] == "ok"
        await kernel.close()
        following = await forked(sandboxes)
        assert (kernel.template.container_id, following.template.container_id) == (container, container), (
            "it was given up"
        )
        await following.close()
    finally:
        await sandboxes.close()


async def test_gradings_go_on_while_their_templates_are_given_up(start_runtime: StartRuntime) -> None:
    server = await start_runtime()
    fresh = FreshSandboxes("nexus-python")
    sandboxes = ForkingSandboxes(fresh, fresh, templates=2, rush_kernels=1)
    try:
        kernels = [await forked(sandboxes)]
        while len(kernels) < 2:
            kernels.append(await forked(sandboxes))
        sandboxes._expire()
        for kernel in kernels:
            assert (await run_silently(kernel, "x = 1", 30.0))["status"] == "ok"
        containers = {kernel.template.container_id for kernel in kernels}
        await asyncio.gather(*(kernel.close() for kernel in kernels))
    finally:
        await sandboxes.close()
    assert containers.isdisjoint(each.id for each in await server.backend.list())
