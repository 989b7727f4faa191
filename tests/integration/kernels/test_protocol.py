"""The kernel protocol through the provisioner: everything that a notebook needs."""

import asyncio
import base64
from typing import Any

import pytest

from tests.plugins.kernels import LiveKernel, StartKernel, containers

pytestmark = pytest.mark.docker


async def test_runs_code_and_keeps_variables(kernel: LiveKernel) -> None:
    await kernel.run("x = 20")
    assert (await kernel.run("print(x + 1)")).text == "21\n"


async def test_interrupt_stops_a_cell_and_keeps_variables(kernel: LiveKernel) -> None:
    await kernel.run("x = 5")
    begun = asyncio.Event()

    def watch(message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream":
            begun.set()

    cell = asyncio.create_task(
        kernel.kc.execute_interactive("print('begun', flush=True)\nwhile True: pass", output_hook=watch, timeout=60)
    )
    await asyncio.wait_for(begun.wait(), 30)
    await kernel.km.interrupt_kernel()
    reply = await cell
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert (await kernel.run("print(x)")).text == "5\n"


async def test_restart_forgets_variables_and_leaves_one_container(kernel: LiveKernel) -> None:
    await kernel.run("x = 5")
    before = kernel.container_id
    await kernel.km.restart_kernel()
    await kernel.kc.wait_for_ready(timeout=60)
    assert (await kernel.run("print(x)")).ename == "NameError"
    assert kernel.container_id != before
    assert len(containers(kernel.km.kernel_id)) == 1


async def test_shutdown_leaves_nothing(start_kernel: StartKernel) -> None:
    kernel = await start_kernel()
    connection = kernel.provisioner.kernel.connection
    assert len(containers(kernel.km.kernel_id)) == 1
    await kernel.km.shutdown_kernel()
    assert containers(kernel.km.kernel_id) == []
    assert not connection.outer.exists()
    assert not await kernel.km.is_alive()


async def test_an_ended_kernel_is_seen_and_cleaned(kernel: LiveKernel) -> None:
    kernel.kc.execute("import os; os._exit(3)")
    async with asyncio.timeout(30):
        while await kernel.km.is_alive():
            await asyncio.sleep(0.02)
    assert kernel.provisioner.exit is not None
    assert kernel.provisioner.exit.code == 3
    await kernel.km.shutdown_kernel(now=True)
    assert containers(kernel.km.kernel_id) == []


async def test_memory_death_is_exit_137(kernel: LiveKernel) -> None:
    kernel.kc.execute("x = bytearray(400 * 1024 * 1024)")
    async with asyncio.timeout(60):
        while await kernel.km.is_alive():
            await asyncio.sleep(0.02)
    assert kernel.provisioner.exit is not None
    assert kernel.provisioner.exit.code == 137
    assert kernel.provisioner.exit.oom_killed


async def test_a_kernel_that_kills_itself_did_not_lack_memory(kernel: LiveKernel) -> None:
    kernel.kc.execute("import os; os.kill(os.getpid(), 9)")
    async with asyncio.timeout(60):
        while await kernel.km.is_alive():
            await asyncio.sleep(0.02)
    assert kernel.provisioner.exit is not None
    assert kernel.provisioner.exit.code == 137
    assert kernel.provisioner.exit.oom_killed is False


async def test_completion_and_inspection(kernel: LiveKernel) -> None:
    reply = await kernel.kc.complete("import o", 8, reply=True, timeout=60)
    assert "os" in reply["content"]["matches"]
    reply = await kernel.kc.inspect("len", 3, reply=True, timeout=60)
    assert reply["content"]["found"]
    assert "number of items" in reply["content"]["data"]["text/plain"]


async def test_stdin(kernel: LiveKernel) -> None:
    def answer(_message: dict[str, Any]) -> None:
        kernel.kc.input("Ada")

    outcome = await kernel.run("print('hello', input('name? '))", allow_stdin=True, stdin_hook=answer)
    assert outcome.text == "hello Ada\n"


async def test_rich_output(kernel: LiveKernel) -> None:
    outcome = await kernel.run(
        "from IPython.display import HTML, Image, display\ndisplay(HTML('<b>hi</b>'))\n"
        "display(Image(data=b'\\x89PNG\\r\\n\\x1a\\n0000', format='png'))"
    )
    data = [item["content"]["data"] for item in outcome.outputs if item["msg_type"] == "display_data"]
    assert data[0]["text/html"] == "<b>hi</b>"
    assert base64.b64decode(data[1]["image/png"]).startswith(b"\x89PNG")


async def test_shell_commands_and_subprocess_output(kernel: LiveKernel) -> None:
    assert (await kernel.run("!echo from a shell")).text.strip() == "from a shell"
    outcome = await kernel.run("%%bash\nid -u")
    assert outcome.text.strip() == "61000"
