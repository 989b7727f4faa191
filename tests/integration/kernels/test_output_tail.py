"""What a kernel says while nobody listens: kept within bounds, for the first who listens again, and for nobody else."""

import asyncio
from typing import Any

import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

from nexus_server.kernels.kernel_request import KernelRequest
from tests.plugins.kernels import LiveKernel, StartKernel

pytestmark = pytest.mark.docker

MAX_BYTES = 1024 * 1024
QUESTION = {"silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}


async def run_unheard(kernel: LiveKernel, code: str) -> None:
    """Run a cell with nobody on the output channel."""
    async with KernelRequest(kernel.provisioner.kernel.connection_info, "shell") as shell:
        await shell.ask("execute_request", {"code": code, **QUESTION})


async def heard(client: AsyncKernelClient, until: str) -> list[dict[str, Any]]:
    """Everything published until a text is printed."""
    found: list[dict[str, Any]] = []
    while not (found and until in found[-1]["content"].get("text", "")):
        found.append(await client.get_iopub_msg(timeout=30))
    return found


def printed(messages: list[dict[str, Any]], name: str = "stdout") -> str:
    return "".join(each["content"]["text"] for each in messages if each["content"].get("name") == name)


async def listen(kernel: LiveKernel) -> AsyncKernelClient:
    client = kernel.km.client()
    client.start_channels(shell=False, stdin=False, hb=False, control=False)
    return client


async def test_the_first_who_listens_again_gets_it_once_and_in_order(start_kernel: StartKernel) -> None:
    kernel = await start_kernel()
    kernel.kc.stop_channels()
    await run_unheard(kernel, "for n in range(50): print(n, flush=True)")
    first = await listen(kernel)
    messages = await heard(first, "49")
    assert messages[0]["msg_type"] == "iopub_welcome"
    assert printed(messages).split() == [str(number) for number in range(50)]
    second = await listen(kernel)
    hearing = asyncio.create_task(heard(second, "later"))
    while not hearing.done():  # a second subscription sends no event
        await run_unheard(kernel, "print('later')")
    assert set(printed(await hearing).split()) == {"later"}
    for client in (first, second):
        client.stop_channels()


async def test_only_the_newest_is_kept_and_the_rest_is_counted(start_kernel: StartKernel) -> None:
    kernel = await start_kernel()
    kernel.kc.stop_channels()
    await run_unheard(kernel, "for n in range(60): print(str(n) + 'x' * 100_000, flush=True)\nprint('end')")
    client = await listen(kernel)
    messages = await heard(client, "end")
    assert "messages were left out while the server was away" in printed(messages, "stderr")
    text = printed(messages)
    assert 0.5 * MAX_BYTES < len(text) < MAX_BYTES
    assert "59x" in text
    client.stop_channels()


async def test_a_kernel_that_nobody_ever_listened_to_keeps_nothing() -> None:
    """So a warm kernel's preparations are no learner's output."""
    manager = AsyncKernelManager(kernel_name="nexus-python")
    await manager.start_kernel()
    kernel = LiveKernel(manager, manager.client())
    try:
        await run_unheard(kernel, "print('before anybody')")
        client = await listen(kernel)
        assert (await client.get_iopub_msg(timeout=30))["msg_type"] == "iopub_welcome"
        await run_unheard(kernel, "print('heard')")
        assert printed(await heard(client, "heard")) == "heard\n"
        client.stop_channels()
    finally:
        await kernel.close()
