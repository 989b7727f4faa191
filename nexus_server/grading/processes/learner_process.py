"""The learner's process: cells run in it by nbclient. Nothing that comes out of it is believed."""

import asyncio
import contextlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from queue import Empty
from typing import TYPE_CHECKING, Any

from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from nexus_server.grading.languages.language import LanguageSupport
from nexus_server.grading.processes.messages import CellError
from nexus_server.grading.processes.scoring import Ending
from nexus_server.grading.processes.tests_process import INSTALL_TIMEOUT_S, LearnerLostError
from nexus_server.grading.remote.install import SERVE_CODE, Classes, agent_code
from nexus_server.grading.sandboxes.fresh import ENVIRONMENT, GRACE_S, SandboxKernel
from nexus_server.grading.sandboxes.stdin_dialogue import (
    REPLY_GRACE_S,
    DialogueEndedError,
    DialogueError,
    DialogueTimeoutError,
    KernelLostError,
    StdinDialogue,
    run_silently,
)
from nexus_server.notebook_format.errors import SandboxUnavailableError

if TYPE_CHECKING:
    from nexus_server.kernels.sandbox import CpuUse, Exit

TIMEOUT_ENAME = "CellTimeoutError"
CELL_LINE = re.compile(r"Cell In\[(?P<count>\d+)\], line (?P<line>\d+)|File <ipython-input-[^>]*>:(?P<old>\d+)")
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
        self._giving_up: asyncio.TimerHandle | None = None
        self.on_cell_executed = self._keep_reply

    def _keep_reply(self, execute_reply: dict[str, Any], **_: Any) -> None:
        self.reply = execute_reply["content"]

    def start_cell(self) -> None:
        """Forget what the cell before left."""
        self._output_bytes = 0
        self.reply = {}

    def end_cell(self) -> None:
        """Expect no reply any more."""
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Wait no more than a moment for the reply of a kernel that says it is idle: it has sent it, or never will."""
        is_idle = msg["msg_type"] == "status" and msg["content"].get("execution_state") == "idle"
        if is_idle and self._giving_up is None and self.task_poll_for_reply is not None:
            loop = asyncio.get_running_loop()
            # For nbclient that is the sign of a dead kernel.
            self._giving_up = loop.call_later(REPLY_GRACE_S, self.task_poll_for_reply.cancel)
        return super().process_message(msg, cell, cell_index)

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        """Keep an output while there is room for it."""
        self._output_bytes += len(repr(msg.get("content")))
        if self._output_bytes > self._max_output_bytes:
            return None
        return super().output(outs, msg, display_id, cell_index)

    def handle_comm_msg(self, outs: list[NotebookNode], msg: dict[str, Any], cell_index: int) -> None:
        """Ignore widgets: nobody looks at them, and their state is unlimited."""


class LearnerProcess:
    """One submission's kernel."""

    def __init__(self, kernel: SandboxKernel, *, max_output_bytes: int) -> None:
        """Use a fresh kernel, which the caller closes."""
        self.kernel = kernel
        # Nobody answers a cell: what asks fails at once, as in nbgrader. Dialogues say otherwise for themselves.
        kernel.kc.allow_stdin = False
        self._notebook = NotebookNode(cells=[], metadata=NotebookNode(), nbformat=4, nbformat_minor=5)
        self._client = BoundedClient(self._notebook, max_output_bytes=max_output_bytes, km=kernel.km)
        self._client.kc = kernel.kc
        self._timeout_s = 0.0
        self._client.timeout_func = self._cell_timeout
        self.is_dead = False
        #: how its sandbox ended, when that was not our doing
        self.exit: Exit | None = None
        self._use_at_end: CpuUse | None = None
        self._language: LanguageSupport | None = None
        self._dialogue: StdinDialogue | None = None

    async def prepare(
        self, files: Mapping[str, bytes], classes: Classes | None, language: LanguageSupport | None
    ) -> None:
        """Put the lab's files, the language's guard and the agent into the fresh kernel, before learners' code runs.

        `classes` is None where no test needs the agent.

        Raises:
            SandboxUnavailableError: the files could not be written, or the guard does not stand. No code of a
                learner's ran yet, so it is nobody's fault.
        """
        self._language = language
        guard = [] if language is None else [f"{language.environment(ENVIRONMENT)}\n{language.guard}"]
        for code in [*self._file_cells(files), *guard]:
            if not await self._run_own(code):
                raise SandboxUnavailableError("The lab's files could not be put into the kernel.")
        if classes is not None and not await self._run_own(agent_code(classes)):
            raise SandboxUnavailableError("The kernel ended before the learner's code ran.")

    async def write(self, files: Mapping[str, bytes]) -> None:
        """Put files into the working directory, as far as what the learner's code left behind lets us."""
        for code in self._file_cells(files):
            await self._run_own(code)

    async def remove(self, names: Collection[str]) -> None:
        """Take files out of the working directory."""
        if names and self._language is not None:
            await self._run_own(self._language.removal(names))

    def _file_cells(self, files: Mapping[str, bytes]) -> Iterable[str]:
        return [] if self._language is None else self._language.file_cells(files)

    async def _run_own(self, code: str) -> bool:
        """Run code of the grader's; return whether it ran through. A kernel that does not answer is ended."""
        if self.is_dead:
            return False
        try:
            reply = await run_silently(self.kernel, code, INSTALL_TIMEOUT_S)
        except DialogueError:
            await self.kill()
            return False
        return reply.get("status") == "ok"

    async def ask(self, question: str, deadline: float) -> str:
        """Put a question of the tests to the learner's code and bring its answer.

        Raises:
            LearnerLostError: the process died, did not answer in time, or stopped answering.
        """
        if self.is_dead:
            raise LearnerLostError("died")
        try:
            if self._dialogue is None:
                self._dialogue = StdinDialogue(self.kernel, SERVE_CODE)
                await self._dialogue.prompt(deadline)
            self._dialogue.reply(question)
            return await self._dialogue.prompt(deadline)
        except KernelLostError:
            await self.kill()
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
            if (task := asyncio.current_task()) is not None and task.cancelling():
                # nbclient takes any cancellation for its own, which says that the kernel died.
                raise asyncio.CancelledError from None
            await self.kill()
            return CellRun(Ending.KERNEL_DIED)
        except Exception as exc:  # noqa: BLE001  the learner's process can send any message, and nbclient reads them all
            return CellRun(Ending.ERROR, CellError("InvalidKernelMessage", type(exc).__name__))
        finally:
            self._client.end_cell()
        return await self._outcome(cell)

    def _cell_timeout(self, _cell: NotebookNode) -> Any:
        # nbclient's annotation says int; fractions of a second work.
        return self._timeout_s

    async def _outcome(self, cell: NotebookNode) -> CellRun:
        reply = self._client.reply
        if reply.get("status") == "ok":
            shown = next((output for output in cell.outputs if output.output_type == "error"), None)
            # A cell magic swallows what its cell raises, and only shows it.
            return (
                CellRun(Ending.ERROR, cell_error(shown))
                if shown
                else CellRun(Ending.COMPLETED, None, _last_value(cell))
            )
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
        if not self.is_dead:
            self._use_at_end = self.kernel.cpu_use()
            self.is_dead = True
            self.exit = await self.kernel.find_exit()
        await self.kernel.close()

    def cpu_use(self) -> "CpuUse | None":
        """Return what it had of the processor, up to now or to its end; None where that cannot be seen."""
        return self._use_at_end if self.is_dead else self.kernel.cpu_use()


def cell_error(reply: dict[str, Any]) -> CellError:
    """Read an error reply; a learner can forge any of it."""
    lines = reply.get("traceback")
    text = ANSI.sub("", "\n".join(str(line) for line in lines)) if isinstance(lines, list) else ""
    return CellError(str(reply.get("ename", "Error")), str(reply.get("evalue", "")), _own_line(text, reply))


def _own_line(traceback: str, reply: dict[str, Any]) -> int | None:
    """Return the line of the cell itself: what an exception was raised from comes first, maybe from another cell."""
    found = list(CELL_LINE.finditer(traceback))
    own = [match for match in found if match["count"] == str(reply.get("execution_count"))]
    return next((int(match["line"] or match["old"]) for match in own or found), None)


def _last_value(cell: NotebookNode) -> str | None:
    """Return the text of the cell's result, as nbgrader reads it."""
    for output in cell.outputs:
        if output.output_type == "execute_result":
            text = output.get("data", {}).get("text/plain")
            return text if isinstance(text, str) else None
    return None
