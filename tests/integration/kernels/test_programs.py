"""Programs that start kernels by themselves, with no server and no database."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from nexus_server.kernels import runtime
from nexus_server.kernels.reaper import Reaper
from tests.plugins.kernels import docker

pytestmark = pytest.mark.docker


def notebook(*cells: str) -> nbformat.NotebookNode:
    made: nbformat.NotebookNode = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells],
        metadata={"kernelspec": {"name": "nexus-python", "display_name": "Python", "language": "python"}},
    )
    return made


def mine(lock: str) -> list[str]:
    return docker("ps", "-aq", "--filter", f"label=nexus.lock={lock}").split()


def test_jupyter_execute_uses_the_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "nb.ipynb"
    nbformat.write(notebook("import os; print(os.getuid(), os.listdir('/sys/class/net'))"), path)
    command = [str(Path(sys.executable).parent / "jupyter-execute"), "--inplace", str(path)]
    subprocess.run(command, check=True, env={**os.environ, "NEXUS_DATA_DIR": str(tmp_path)}, timeout=120)
    executed = nbformat.read(path, as_version=4)
    assert executed.cells[0].outputs[0].text == "61000 ['lo']\n"
    assert not docker("ps", "-aq", "--filter", f"label=nexus.home={tmp_path}")


async def test_nbclient_runs_cells_and_leaves_nothing() -> None:
    book = notebook("x = 6 * 7", "print(x)")
    await NotebookClient(book, kernel_name="nexus-python", timeout=60).async_execute()
    assert book.cells[1].outputs[0].text == "42\n"
    assert mine(str(runtime.current().owner.path)) == []


async def test_nbclient_times_out_by_interrupting() -> None:
    book = notebook("while True: pass", "print('still here')")
    client = NotebookClient(book, kernel_name="nexus-python", interrupt_on_timeout=True, allow_errors=True)
    # Only the cell that never ends may be at odds with the time.
    client.timeout_func = lambda cell: 2 if "while" in cell.source else 60
    await client.async_execute()
    assert book.cells[0].outputs[-1].ename == "KeyboardInterrupt"
    assert book.cells[1].outputs[0].text == "still here\n"
    with pytest.raises(CellTimeoutError):
        await NotebookClient(notebook("while True: pass"), kernel_name="nexus-python", timeout=1).async_execute()


async def test_nbclient_lives_through_an_interrupt_from_outside() -> None:
    book = notebook("x = 5\nprint('begun', flush=True)\nwhile True: pass", "print(x)")
    client = NotebookClient(book, kernel_name="nexus-python", timeout=60, allow_errors=True)
    interrupting: list[asyncio.Task[None]] = []

    async def interrupt(cell: nbformat.NotebookNode) -> None:
        while not cell.outputs:
            await asyncio.sleep(0.02)
        assert isinstance(client.km, AsyncKernelManager)
        await client.km.interrupt_kernel()

    def watch(cell: nbformat.NotebookNode, cell_index: int) -> None:
        if cell_index == 0:
            interrupting.append(asyncio.create_task(interrupt(cell)))

    client.on_cell_execute = watch
    await client.async_execute()
    await asyncio.gather(*interrupting)
    assert book.cells[0].outputs[-1].ename == "KeyboardInterrupt"
    assert book.cells[1].outputs[0].text == "5\n"


async def test_nbclient_notices_that_the_kernel_died() -> None:
    book = notebook("import os; os._exit(3)", "1")
    with pytest.raises(DeadKernelError):
        await NotebookClient(book, kernel_name="nexus-python", timeout=60).async_execute()
    assert mine(str(runtime.current().owner.path)) == []


async def test_nbclient_takes_large_outputs() -> None:
    picture = "from IPython.display import display\ndisplay({'image/png': 'A' * 8_000_000}, raw=True)"
    book = notebook("print('x' * 5_000_000)", "for n in range(800): print(n, flush=True)", picture)
    # A busy machine may bring the reply long before the output; ZeroMQ itself keeps a thousand messages and no more.
    await NotebookClient(book, kernel_name="nexus-python", timeout=120, iopub_timeout=60).async_execute()
    assert len(book.cells[0].outputs[0].text) == 5_000_001
    assert "".join(output.text for output in book.cells[1].outputs).split() == [str(n) for n in range(800)]
    assert len(book.cells[2].outputs[0].data["image/png"]) == 8_000_000


async def test_the_container_of_a_killed_program_is_reaped(tmp_path: Path) -> None:
    program = (
        "import asyncio\nfrom jupyter_client.manager import AsyncKernelManager\n"
        "from nexus_server.kernels import runtime\n"
        "async def main():\n"
        "    await AsyncKernelManager(kernel_name='nexus-python').start_kernel()\n"
        "    print(runtime.current().owner.path, flush=True)\n    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "NEXUS_DATA_DIR": str(tmp_path)},
    )
    assert process.stdout is not None
    lock = process.stdout.readline().strip()
    own = runtime.current()
    reaper = Reaper(own.backend, own.owner.path, own.root, own.launcher.owned)
    await reaper.reap()
    assert len(mine(lock)) == 1, "a container whose owner lives is left alone"
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stdout.close()
    await reaper.reap()
    assert mine(lock) == []
