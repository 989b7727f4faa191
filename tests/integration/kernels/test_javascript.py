"""JavaScript and TypeScript: Deno's kernel, relayed inside the container, under the same locks."""

import asyncio
import stat
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from nexus_server.kernels.sandbox import SandboxRequest
from tests.integration.kernels.conftest import StartRuntime, until, warm
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


async def shown(deno: LiveKernel, code: str, kind: str) -> dict[str, Any]:
    """Run a cell and return the content of the only message of this kind that came before its end."""
    outcome = await deno.run(code)
    found = [item["content"] for item in outcome.outputs if item["msg_type"] == kind]
    assert len(found) == 1, outcome
    content: dict[str, Any] = found[0]
    return content


async def value_of(deno: LiveKernel, code: str) -> str:
    return str((await shown(deno, code, "execute_result"))["data"]["text/plain"])


async def test_every_number_is_shown(deno: LiveKernel) -> None:
    shown_as = {"NaN": "NaN", "5n": "5n", "0n": "0n", "-1 / 0": "-Infinity", "-0": "-0", "0": "0"}
    assert {code: await value_of(deno, code) for code in shown_as} == shown_as


async def test_half_of_a_surrogate_pair_is_a_value_like_others(deno: LiveKernel) -> None:
    grin = "\N{GRINNING FACE}"
    for code, text in (
        (f"'{grin}'[0]", '"\ufffd"'),
        (f"let s = 'ab{grin}'; s.slice(0, 3)", '"ab\ufffd"'),
        (f"await Promise.resolve('{grin}'[1])", '"\ufffd"'),
        (f"Symbol('{grin}'[0])", 'Symbol("\ufffd")'),
        ("s", f'"ab{grin}"'),
    ):
        assert await value_of(deno, code) == text


async def test_an_error_with_half_of_a_surrogate_pair_is_no_value(deno: LiveKernel) -> None:
    await deno.run("globalThis.half = '\N{GRINNING FACE}'[0]; undefined")
    for code, ename in (
        ("throw new RangeError(half)", "RangeError"),
        ("await Promise.reject(new TypeError(half))", "TypeError"),
        ("throw half", "Error"),
        # No code begins a cell in another one's stead.
        ("async function forge() { _$; return { '.repl_result': 1 } }; await forge(); throw half", "Error"),
        ("Date.now = () => 0; Promise.resolve({ '.repl_result': 1 }); _$; throw half", "Error"),
    ):
        outcome = await deno.run(code)
        (error,) = [item["content"] for item in outcome.outputs if item["msg_type"] == "error"]
        assert (outcome.status, error["ename"], "Unterminated" in error["evalue"]) == ("error", ename, False), code


def attempt(code: str) -> str:
    return f"(() => {{ try {{ {code}; return 'done' }} catch {{ return 'refused' }} }})()"


async def test_runs_typescript_and_keeps_variables(deno: LiveKernel) -> None:
    assert (await deno.run("const x: number = 6; function twice(n: number) { return 2 * n }")).status == "ok"
    assert await value_of(deno, "twice(x) + 1") == "13"


async def test_errors_and_rich_output(deno: LiveKernel) -> None:
    outcome = await deno.run("throw new TypeError('no such thing')")
    assert outcome.status == "error"
    assert outcome.reply["content"]["evalue"] == "no such thing"
    rich = await shown(deno, "await Deno.jupyter.display({'text/html': '<b>hi</b>'}, {raw: true})", "display_data")
    assert rich["data"] == {"text/html": "<b>hi</b>"}
    assert (await shown(deno, "console.log('printed')", "stream"))["text"] == "printed\n"


async def test_output_comes_before_the_end_of_its_own_cell(deno: LiveKernel) -> None:
    """Run all cells at once, as a notebook does; without the relay's order one in ten loses its result."""
    asked = [deno.kc.execute(f"console.log('printed {number}'); {number}") for number in range(30)]
    for number, msg_id in enumerate(asked):
        came: dict[str, list[str]] = {}
        while "idle" not in came.get("status", []):
            message = await deno.kc.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") == msg_id:
                content = message["content"]
                said = (
                    content.get("text") or content.get("execution_state") or content.get("data", {}).get("text/plain")
                )
                came.setdefault(message["msg_type"], []).append(said)
        assert (came["stream"], came["execute_result"]) == ([f"printed {number}\n"], [str(number)])


async def test_what_piled_up_while_printing_belongs_to_its_cell(deno: LiveKernel) -> None:
    """Sending takes several times as long as printing; a cell that waits behind it gets none of it."""
    printing = (
        "let n = 0; const end = Date.now() + 1000;"
        "while (Date.now() < end) { console.log(++n); await null } console.log('last', n)"
    )
    asked = [deno.kc.execute(printing), deno.kc.execute("'next'")]
    lines: dict[str, list[str]] = {msg_id: [] for msg_id in asked}
    while True:
        message = await deno.kc.get_iopub_msg(timeout=60)
        msg_id, content = message["parent_header"].get("msg_id"), message["content"]
        if message["msg_type"] == "stream":
            lines[msg_id] += content["text"].splitlines()
        if msg_id == asked[1] and content.get("execution_state") == "idle":
            break
    printed = lines[asked[0]]
    assert printed[-1] == f"last {len(printed) - 1}"
    assert printed[:-1] == [str(number) for number in range(1, len(printed))]
    assert lines[asked[1]] == []


async def test_what_is_printed_in_one_go_is_sent_together(deno: LiveKernel) -> None:
    """With a message for each line, this took half a minute or ran out of memory."""
    lines = 100_000
    outcome = await deno.run(f"for (let n = 0; n < {lines}; n++) console.log(n)", timeout=30)
    assert outcome.text.splitlines() == [str(number) for number in range(lines)]
    assert [item["msg_type"] for item in outcome.outputs].count("stream") < lines / 500
    waits = "console.log('before'); await new Promise((done) => setTimeout(done, 50)); console.log('after')"
    assert [item["content"]["text"] for item in (await deno.run(waits)).outputs if item["msg_type"] == "stream"] == [
        "before\n",
        "after\n",
    ]


async def test_everything_said_keeps_its_order(deno: LiveKernel) -> None:
    outcome = await deno.run(
        "const {log} = console; log('one'); console.error('two'); console.group('three'); log('four');"
        "console.groupEnd(); Deno.jupyter.broadcast('display_data', {data: {'text/plain': 'five'}, metadata: {},"
        "transient: {}}); Deno.stdout.writeSync(new TextEncoder().encode('six')); process.stdout.write(' seven\\n');"
        "log('eight'); throw new Error('nine')"
    )
    said: list[tuple[Any, ...]] = []
    for item in outcome.outputs:
        kind, content = item["msg_type"], item["content"]
        if kind not in {"stream", "display_data", "error"}:
            continue
        what = content.get("text") or content.get("evalue") or content.get("data")
        if said and said[-1][:2] == (kind, content.get("name")):
            what = said.pop()[2] + what  # a slow machine sends it in two
        said.append((kind, content.get("name"), what))
    assert said == [
        ("stream", "stdout", "one\n"),
        ("stream", "stderr", "two\n"),
        ("stream", "stdout", "three\n  four\n"),
        ("display_data", None, {"text/plain": "five"}),
        ("stream", "stdout", "six seven\neight\n"),
        ("error", None, "nine"),
    ]


async def test_a_kernel_that_never_sleeps_still_ends_its_cells(deno: LiveKernel) -> None:
    worker = "new Worker('data:text/javascript,while (true) {}', {type: 'module'})"
    assert (await deno.run(f"const worker = {worker}; 1")).status == "ok"
    assert await value_of(deno, "2") == "2"


async def test_a_large_message_passes_whole(deno: LiveKernel) -> None:
    assert len((await deno.run("console.log('x'.repeat(3_000_000))")).text) == 3_000_001
    assert await value_of(deno, f"'{'y' * 200_000}'.length") == "200000"


async def test_a_warm_kernel_becomes_the_learners(start_runtime: StartRuntime, start_kernel: StartKernel) -> None:
    server = await start_runtime(pool_size=1, pool_sizes={"nexus-python": 0, "nexus-data": 0})
    place = await server.workspaces.open(uuid4())
    (place / "lab").mkdir()
    (place / "lab" / "data.txt").write_text("mine")
    (place / "lab" / "tools.ts").write_text("export const twice = (n: number) => 2 * n")
    await until(lambda: warm(server) == 1)
    deno = await start_kernel(
        "nexus-javascript", sandbox=SandboxRequest(workspace=place, cwd="lab", env={"LAB": 'it\'s "loops"'})
    )
    assert deno.provisioner.kernel.label.startswith("pool-")
    assert await value_of(deno, "Deno.readTextFileSync('data.txt')") == '"mine"'
    assert await value_of(deno, "[Deno.env.get('LAB'), Deno.env.has('NEXUS_POOLED')].join()") == '`it\'s "loops",false`'
    twice = "const {twice} = await import('./tools.ts'); twice(21)"
    assert await value_of(deno, twice) == "42", "modules lie beside the notebook"
    host = deno.inspect()["HostConfig"]
    assert (host["CpuQuota"], host["Memory"]) == (100_000, 256 * 1024 * 1024)
    key = deno.km.session.key
    await deno.km.restart_kernel(now=True)
    await deno.kc.wait_for_ready(timeout=60)
    assert deno.km.session.key == key, "open tabs go on with the key that they know"
    assert await value_of(deno, "Deno.cwd()") == '"/home/learner/work/lab"'
    assert await value_of(deno, twice) == "42", "nor does a cold start change that"


async def test_a_cell_that_cannot_be_read_says_what_is_wrong_and_where(deno: LiveKernel) -> None:
    error = await shown(deno, "const n: number = 1\nlet x = ;", "error")
    assert (error["ename"], error["evalue"]) == ("SyntaxError", "Expression expected")
    assert error["traceback"][-1].strip() == "at <anonymous>:2:9"
    assert await value_of(deno, "1 + 1") == "2", "and nothing of it sticks to the next cell"


async def test_an_interrupt_stops_a_cell_and_keeps_variables(start_kernel: StartKernel, workspace: Path) -> None:
    deno = await start_kernel("nexus-javascript", sandbox=SandboxRequest(workspace=workspace))
    await deno.run("const kept = 5")
    cell = asyncio.create_task(deno.run("Deno.writeTextFileSync('begun', ''); while (true) {}"))
    async with asyncio.timeout(60):
        while not (workspace / "begun").exists():
            await asyncio.sleep(0.02)
    await deno.km.interrupt_kernel()
    outcome = await cell
    assert outcome.status == "error"
    assert [item["msg_type"] for item in outcome.outputs].count("error") == 1, "and the learner sees it"
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
