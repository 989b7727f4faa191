"""The learner's process: cells run in it by nbclient. Nothing that comes out of it is believed."""

import asyncio
import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from nexus_server.grading.dialogue import (
    Dialogue,
    DialogueEndedError,
    DialogueError,
    DialogueTimeoutError,
    KernelLostError,
    run_silently,
)
from nexus_server.grading.messages import CellError
from nexus_server.grading.remote.install import SERVE_CODE, agent_code, files_code
from nexus_server.grading.sandboxes import GRACE_S, SandboxKernel
from nexus_server.grading.scoring import Ending
from nexus_server.grading.tests_process import INSTALL_TIMEOUT_S, LearnerLostError

TIMEOUT_ENAME = "CellTimeoutError"
CELL_LINE = re.compile(r"(?:Cell In\[\d+\], line (\d+))|(?:File <ipython-input-[^>]*>:(\d+))")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class CellRun:
    """How one cell ended in the learner's process, as that process tells it."""

    ending: Ending
    error: CellError | None = None
    #: text of the last expression's value
    last_value: str | None = None


class BoundedClient(NotebookClient):
    """nbclient that keeps a limited amount of output, and no widget state."""

    def __init__(self, notebook: NotebookNode, *, max_output_bytes: int, **kwargs: Any) -> None:
        """Grade-time choices: errors are outcomes, timeouts interrupt, no answer on stdin."""
        super().__init__(
            notebook,
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": TIMEOUT_ENAME, "evalue": "", "traceback": []},
            iopub_timeout=2,
            store_widget_state=False,
            record_timing=False,
            **kwargs,
        )
        self.reply: dict[str, Any] = {}
        self._max_output_bytes = max_output_bytes
        self._output_bytes = 0
        self.on_cell_executed = self._keep_reply

    def _keep_reply(self, execute_reply: dict[str, Any], **_: Any) -> None:
        self.reply = execute_reply["content"]

    def start_cell(self) -> None:
        """Forget what the cell before left."""
        self._output_bytes = 0
        self.reply = {}

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        """Keep an output while there is room for it."""
        self._output_bytes += len(repr(msg.get("content")))
        if self._output_bytes > self._max_output_bytes:
            return None
        return super().output(outs, msg, display_id, cell_index)

    def handle_comm_msg(self, outs: list[NotebookNode], msg: dict[str, Any], cell_index: int) -> None:
        """Ignore widgets: nobody looks at them, and their state is unlimited."""


class LearnerKernel:
    """One submission's kernel."""

    def __init__(self, kernel: SandboxKernel, *, max_output_bytes: int) -> None:
        """Use a fresh kernel, which the caller closes."""
        self.kernel = kernel
        self._notebook = NotebookNode(cells=[], metadata=NotebookNode(), nbformat=4, nbformat_minor=5)
        self._client = BoundedClient(self._notebook, max_output_bytes=max_output_bytes, km=kernel.km)
        self._client.kc = kernel.kc
        self._timeout_s = 0.0
        self._client.timeout_func = self._cell_timeout
        self.is_dead = False
        self._dialogue: Dialogue | None = None

    async def prepare(self, files: Mapping[str, bytes], *, with_agent: bool) -> None:
        """Put the lab's files and the agent into the fresh kernel, before any of the learner's code runs."""
        try:
            if files:
                await run_silently(self.kernel, files_code(files), INSTALL_TIMEOUT_S)
            if with_agent:
                await run_silently(self.kernel, agent_code(), INSTALL_TIMEOUT_S)
        except DialogueError:
            await self.kill()

    async def ask(self, question: str, deadline: float) -> str:
        """Put a question of the tests to the learner's code and bring its answer.

        Raises:
            LearnerLostError: the process died, did not answer in time, or stopped answering.
        """
        if self.is_dead:
            raise LearnerLostError("died")
        try:
            if self._dialogue is None:
                self._dialogue = Dialogue(self.kernel, SERVE_CODE)
                await self._dialogue.prompt(deadline)
            self._dialogue.reply(question)
            return await self._dialogue.prompt(deadline)
        except KernelLostError:
            self.is_dead = True
            raise LearnerLostError("died") from None
        except DialogueTimeoutError:
            await self._interrupt()
            raise LearnerLostError("timeout") from None
        except DialogueEndedError:
            self._dialogue = None
            raise LearnerLostError("lost") from None

    async def _interrupt(self) -> None:
        """Stop the learner's function; kill the process if it goes on."""
        await self.kernel.km.interrupt_kernel()
        with contextlib.suppress(DialogueError):
            if self._dialogue is not None:
                await self._dialogue.prompt(asyncio.get_running_loop().time() + GRACE_S)
                await self.stop_asking()
                return
        await self.kill()

    async def stop_asking(self) -> None:
        """Let the learner's kernel go on to its next cell."""
        dialogue, self._dialogue = self._dialogue, None
        if dialogue is None or self.is_dead:
            return
        dialogue.reply("stop")
        try:
            await dialogue.finish(asyncio.get_running_loop().time() + GRACE_S)
        except DialogueError:
            await self.kill()

    async def run(self, cell: NotebookNode, timeout_s: float) -> CellRun:
        """Execute a code cell; its outputs are left in it. A cell that overstays is interrupted, then killed."""
        if self.is_dead:
            return CellRun(Ending.KERNEL_DIED)
        if not cell.source.strip():
            return CellRun(Ending.COMPLETED)
        self._timeout_s = max(timeout_s, 0.05)
        self._notebook.cells.append(cell)
        self._client.start_cell()
        try:
            await self._client.async_execute_cell(cell, len(self._notebook.cells) - 1)
        except DeadKernelError:
            self.is_dead = True
            return CellRun(Ending.KERNEL_DIED)
        except asyncio.CancelledError:
            raise
        except Exception as exc:  # noqa: BLE001  the learner's process can send any message, and nbclient reads them all
            return CellRun(Ending.ERROR, CellError("InvalidKernelMessage", type(exc).__name__))
        return await self._outcome(cell)

    def _cell_timeout(self, _cell: NotebookNode) -> Any:
        # nbclient's annotation says int; fractions of a second work.
        return self._timeout_s

    async def _outcome(self, cell: NotebookNode) -> CellRun:
        reply = self._client.reply
        if reply.get("status") == "ok":
            return CellRun(Ending.COMPLETED, last_value=_last_value(cell))
        if reply.get("ename") == TIMEOUT_ENAME and not reply.get("traceback"):
            await self.settle()
            return CellRun(Ending.TIMEOUT)
        return CellRun(Ending.ERROR, cell_error(reply))

    async def settle(self) -> None:
        """After an interrupt: wait for the kernel to answer again, or kill it."""
        message_id = self.kernel.kc.kernel_info()
        deadline = asyncio.get_running_loop().time() + GRACE_S
        while (left := deadline - asyncio.get_running_loop().time()) > 0:
            try:
                reply = await self.kernel.kc.get_shell_msg(timeout=left)
            except Empty:
                break
            if reply["parent_header"].get("msg_id") == message_id:
                return
        await self.kill()

    async def kill(self) -> None:
        """End the learner's process for good."""
        self.is_dead = True
        await self.kernel.close()


def cell_error(reply: dict[str, Any]) -> CellError:
    """Read an error reply; a learner can forge any of it."""
    lines = reply.get("traceback")
    text = ANSI.sub("", "\n".join(str(line) for line in lines)) if isinstance(lines, list) else ""
    match = CELL_LINE.search(text)
    line = int(match[1] or match[2]) if match else None
    return CellError(str(reply.get("ename", "Error")), str(reply.get("evalue", "")), line)


def _last_value(cell: NotebookNode) -> str | None:
    """Return the text of the cell's result, as nbgrader reads it."""
    for output in cell.outputs:
        if output.output_type == "execute_result":
            text = output.get("data", {}).get("text/plain")
            return text if isinstance(text, str) else None
    return None
