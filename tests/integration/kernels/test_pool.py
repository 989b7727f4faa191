"""Warm kernels: handed over once, with the learner's things and nobody else's."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from nexus_server.kernels.errors import KernelsBusyError
from nexus_server.kernels.kernel_request import KernelRequest
from nexus_server.kernels.launcher import WARM_UP
from nexus_server.kernels.sandbox import SandboxRequest
from tests.integration.kernels.conftest import StartRuntime, until, warm
from tests.plugins.kernels import LiveKernel, StartKernel, docker

pytestmark = pytest.mark.docker


def is_from_pool(kernel: LiveKernel) -> bool:
    return kernel.provisioner.kernel.label.startswith("pool-")


async def test_a_claimed_kernel_is_the_learners(
    start_runtime: StartRuntime, start_kernel: StartKernel, python_pool: dict[str, Any]
) -> None:
    server = await start_runtime(**python_pool)
    workspace = await server.workspaces.open(uuid4())
    (workspace / "lab").mkdir()
    (workspace / "lab" / "data.txt").write_text("mine")
    await until(lambda: warm(server) == 2)
    kernel = await start_kernel(sandbox=SandboxRequest(workspace=workspace, cwd="lab", env={"LAB": "loops"}))
    assert is_from_pool(kernel)
    assert await kernel.evaluate("open('data.txt').read()") == "mine"
    assert await kernel.evaluate("[__import__('os').getcwd(), __import__('os').environ['LAB']]") == [
        "/home/learner/work/lab",
        "loops",
    ]
    assert (await kernel.run("open('made.txt', 'w').write('x')")).status == "error", "the directory is root's"
    server.workspaces.give(workspace / "lab")
    assert (await kernel.run("open('made.txt', 'w').write('x')")).status == "ok"
    assert (workspace / "lab" / "made.txt").exists()
    host = kernel.inspect()["HostConfig"]
    assert (host["CpuQuota"], host["Memory"]) == (100_000, 128 * 1024 * 1024)


async def test_the_generators_are_seeded_anew_at_the_claim(
    start_runtime: StartRuntime, start_kernel: StartKernel
) -> None:
    server = await start_runtime(pool_size=1, pool_sizes={"nexus-python": 0, "nexus-javascript": 0})
    await until(lambda: warm(server) == 1)
    assert server.pool is not None
    waiting = next(shelf.warm[0] for shelf in server.pool._shelves.values() if shelf.warm)
    # As if every warm kernel had come from one image of a process: all in the same state.
    code = "import random, numpy; random.seed(7); numpy.random.seed(7)"
    async with KernelRequest(waiting.connection_info, "shell") as shell:
        await shell.ask("execute_request", {**WARM_UP, "code": code})
    kernel = await start_kernel("nexus-data")
    assert is_from_pool(kernel)
    draws = "[__import__('random').random(), __import__('numpy').random.random()]"
    assert await kernel.evaluate(draws) != pytest.approx([0.32383276483316237, 0.07630828937395717])


async def test_each_has_a_key_and_random_numbers_of_its_own(
    start_runtime: StartRuntime, start_kernel: StartKernel, python_pool: dict[str, Any]
) -> None:
    server = await start_runtime(**python_pool)
    await until(lambda: warm(server) == 2)
    one, two = await start_kernel(), await start_kernel()
    assert is_from_pool(one)
    assert is_from_pool(two)
    assert one.km.session.key != two.km.session.key
    draw = "__import__('random').random()"
    assert await one.evaluate(draw) != await two.evaluate(draw)
    assert "NEXUS_POOLED" not in await one.evaluate("dict(__import__('os').environ)")


async def test_a_kernel_without_files_gets_memory_of_its_own(
    start_runtime: StartRuntime, start_kernel: StartKernel, python_pool: dict[str, Any]
) -> None:
    server = await start_runtime(**python_pool)
    await until(lambda: warm(server) == 2)
    one, two = await start_kernel(), await start_kernel()
    assert (await one.run("open('x', 'w').write('one')")).status == "ok"
    assert await two.evaluate("__import__('os').listdir('.')") == []


async def test_it_is_claimed_once(
    start_runtime: StartRuntime, start_kernel: StartKernel, python_pool: dict[str, Any]
) -> None:
    server = await start_runtime(**python_pool)
    await until(lambda: warm(server) == 2)
    kernel = await start_kernel()
    message = kernel.km.session.msg("nexus_claim_request", {"key": "k", "env": {}, "home": "/", "cwd": ""})
    kernel.kc.control_channel.send(message)
    reply = await kernel.kc.get_control_msg(timeout=30)
    assert reply["content"]["status"] == "error"
    assert (await kernel.run("print(1)")).text == "1\n"


async def test_limits_of_a_lab_hold_for_a_warm_kernel(
    start_runtime: StartRuntime, start_kernel: StartKernel, python_pool: dict[str, Any]
) -> None:
    server = await start_runtime(**python_pool)
    await until(lambda: warm(server) == 2)
    kernel = await start_kernel(sandbox=SandboxRequest(memory_mb=256, cpu_share=0.3))
    assert is_from_pool(kernel)
    host = kernel.inspect()["HostConfig"]
    assert (host["CpuQuota"], host["Memory"], host["MemorySwap"]) == (300_000, 268435456, 268435456)


async def test_restart_takes_a_warm_kernel_and_the_client_stays_connected(
    start_runtime: StartRuntime, start_kernel: StartKernel, python_pool: dict[str, Any]
) -> None:
    server = await start_runtime(**python_pool)
    await until(lambda: warm(server) == 2)
    kernel = await start_kernel()
    await kernel.run("x = 1")
    await until(lambda: warm(server) == 2)
    await kernel.km.restart_kernel(now=True)
    assert is_from_pool(kernel)
    await kernel.kc.wait_for_ready(timeout=60)
    assert (await kernel.run("print(x)")).ename == "NameError"


async def test_it_refills_and_adapts(
    start_runtime: StartRuntime, start_kernel: StartKernel, python_pool: dict[str, Any]
) -> None:
    server = await start_runtime(**{**python_pool, "pool_size": 1, "pool_window_s": 60.0})
    await until(lambda: warm(server) == 1)
    await asyncio.gather(*(start_kernel() for _ in range(3)))
    await until(lambda: warm(server) == 3)
    assert warm(server) == 3, "as many as were asked for lately"


async def test_it_stays_within_its_memory(start_runtime: StartRuntime, python_pool: dict[str, Any]) -> None:
    server = await start_runtime(**{**python_pool, "pool_size": 8, "memory_mb": 64, "pool_memory_mb": 70})
    await until(lambda: warm(server) == 2)
    assert server.pool is not None
    assert await server.pool._step() > 0, "a third would not fit, by what they take"
    assert warm(server) == 2


async def test_it_grows_ahead_of_learners_who_are_expected_and_shrinks_again(
    start_runtime: StartRuntime, python_pool: dict[str, Any]
) -> None:
    server = await start_runtime(**{**python_pool, "pool_size": 1})
    server.expect({"nexus-python": 2})
    await until(lambda: warm(server) == 2)
    server.expect({})
    await until(lambda: warm(server) == 1)


async def test_a_dead_warm_kernel_is_replaced(start_runtime: StartRuntime, python_pool: dict[str, Any]) -> None:
    server = await start_runtime(**python_pool)
    await until(lambda: warm(server) == 2)
    pool = server.pool
    assert pool is not None
    shelf = next(shelf for shelf in pool._shelves.values() if shelf.warm)
    first = shelf.warm[0]
    docker("kill", first.sandbox.id)
    pool._wake.set()
    await until(lambda: warm(server) == 2 and first not in shelf.warm)


async def test_stopping_leaves_nothing(
    start_runtime: StartRuntime, python_pool: dict[str, Any], tmp_path: Path
) -> None:
    server = await start_runtime(**python_pool)
    await until(lambda: warm(server) == 2)
    lock = str(server.owner.path)
    await server.stop()
    assert docker("ps", "-aq", "--filter", f"label=nexus.lock={lock}") == ""
    assert list((server.root / "slots").iterdir()) == []


async def test_a_full_machine_queues_and_then_refuses(start_runtime: StartRuntime, start_kernel: StartKernel) -> None:
    server = await start_runtime(max_kernels=1, queue_limit=1)
    positions: list[tuple[str, int]] = []
    server.announce_positions(lambda owner, _kernel_id, position, _wait_s: positions.append((owner, position)))
    first = await start_kernel(sandbox=SandboxRequest(owner="ada"))
    waiting = asyncio.ensure_future(start_kernel(sandbox=SandboxRequest(owner="bob")))
    await until(lambda: ("bob", 1) in positions)
    with pytest.raises(KernelsBusyError):
        await start_kernel(sandbox=SandboxRequest(owner="eve"))
    await first.km.shutdown_kernel(now=True)
    second = await waiting
    assert positions[-1] == ("bob", 0)
    assert (await second.run("print('in')")).text == "in\n"
