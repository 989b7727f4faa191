"""JavaScript and TypeScript: Deno's kernel, relayed inside the container, under the same locks."""

import asyncio
import stat
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from nexus_server.kernels.sandbox import SandboxRequest
from tests.plugins.kernels import LiveKernel, StartKernel, containers

pytestmark = pytest.mark.docker


@pytest_asyncio.fixture
async def deno(start_kernel: StartKernel) -> LiveKernel:
    return await start_kernel("nexus-javascript")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    made = tmp_path / "ada"
    made.mkdir()
    made.chmod(0o777)
    return made


async def wait_for(deno: LiveKernel, code: str, kind: str) -> dict[str, Any]:
    """Run a cell and return the content of its first message of this kind; Deno sends some after `idle`."""
    msg_id = deno.kc.execute(code)
    while True:
        message = await deno.kc.get_iopub_msg(timeout=60)
        if message["msg_type"] == kind and message["parent_header"]["msg_id"] == msg_id:
            content: dict[str, Any] = message["content"]
            return content


async def value_of(deno: LiveKernel, code: str) -> str:
    return str((await wait_for(deno, code, "execute_result"))["data"]["text/plain"])


def attempt(code: str) -> str:
    return f"(() => {{ try {{ {code}; return 'done' }} catch {{ return 'refused' }} }})()"


async def test_runs_typescript_and_keeps_variables(deno: LiveKernel) -> None:
    assert (await deno.run("const x: number = 6; function twice(n: number) { return 2 * n }")).status == "ok"
    assert await value_of(deno, "twice(x) + 1") == "13"


async def test_errors_and_rich_output(deno: LiveKernel) -> None:
    outcome = await deno.run("throw new TypeError('no such thing')")
    assert outcome.status == "error"
    assert outcome.reply["content"]["evalue"] == "no such thing"
    shown = await wait_for(deno, "await Deno.jupyter.display({'text/html': '<b>hi</b>'}, {raw: true})", "display_data")
    assert shown["data"] == {"text/html": "<b>hi</b>"}
    assert (await wait_for(deno, "console.log('printed')", "stream"))["text"] == "printed\n"


async def test_an_interrupt_stops_a_cell_and_keeps_variables(start_kernel: StartKernel, workspace: Path) -> None:
    deno = await start_kernel("nexus-javascript", sandbox=SandboxRequest(workspace=workspace))
    await deno.run("const kept = 5")
    cell = asyncio.create_task(deno.run("Deno.writeTextFileSync('begun', ''); while (true) {}"))
    async with asyncio.timeout(60):
        while not (workspace / "begun").exists():
            await asyncio.sleep(0.02)
    await deno.km.interrupt_kernel()
    assert (await cell).status == "error"
    assert await value_of(deno, "kept") == "5"


async def test_the_same_locks_hold(deno: LiveKernel) -> None:
    host = deno.inspect()["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert host["Memory"] == host["MemorySwap"] == 256 * 1024 * 1024
    assert (host["CpuQuota"], host["PidsLimit"], host["CapDrop"]) == (100_000, 64, ["ALL"])
    tried = "await fetch('http://192.0.2.1').then(() => 'reached', (error) => 'refused')"
    assert await value_of(deno, tried) == '"refused"'
    tried = attempt("Deno.writeTextFileSync('/etc/x', 'x')")
    assert await value_of(deno, tried) == '"refused"'


async def test_sockets_are_unix_sockets_that_it_cannot_replace(deno: LiveKernel) -> None:
    assert all(stat.S_ISSOCK(Path(f"{deno.km.ip}-{port}").lstat().st_mode) for port in range(1, 6))
    tried = attempt("Deno.removeSync('/run/kernel/s-1')")
    assert await value_of(deno, tried) == '"refused"'


async def test_it_shares_the_workspace(start_kernel: StartKernel, workspace: Path) -> None:
    deno = await start_kernel("nexus-javascript", sandbox=SandboxRequest(workspace=workspace))
    await deno.run("Deno.writeTextFileSync('made.txt', 'by deno')")
    assert (workspace / "made.txt").read_text() == "by deno"


async def test_its_end_is_seen(deno: LiveKernel) -> None:
    deno.kc.execute("Deno.exit(3)")
    async with asyncio.timeout(60):
        while await deno.km.is_alive():
            await asyncio.sleep(0.02)
    assert deno.provisioner.exit is not None
    await deno.km.shutdown_kernel(now=True)
    assert containers(deno.km.kernel_id) == []
