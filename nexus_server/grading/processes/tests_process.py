"""The process that tests run in: instructor's code only, in a sandbox of its own, one namespace per submission."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nexus_server.grading.languages.python import PYTHON
from nexus_server.grading.remote.install import Classes, run_code, runner_code
from nexus_server.grading.sandboxes.fresh import ENVIRONMENT, GRACE_S, SandboxKernel
from nexus_server.grading.sandboxes.stdin_dialogue import (
    DialogueEndedError,
    DialogueError,
    DialogueTimeoutError,
    KernelLostError,
    StdinDialogue,
    run_silently,
)

if TYPE_CHECKING:
    from nexus_server.kernels.sandbox import CpuUse, Exit

INSTALL_TIMEOUT_S = 30.0


class LearnerLostError(Exception):
    """The learner's process is of no more use for this question; `reason` says why, in one word."""

    def __init__(self, reason: str) -> None:
        """`reason` is "timeout", "died" or "lost"."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a cell ended in the tests' process. Everything here is told by trusted code."""

    ok: bool
    #: text of the last expression's value
    value: str | None = None
    #: what it printed, the learner's code that it called included
    printed: str = ""
    ename: str = ""
    evalue: str = ""
    #: line of the cell, from 1
    line: int | None = None
    #: set when the learner's process, the time, or a value that cannot cross whole ended the test
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a cell needs of the learner's process."""

    #: names whose values it uses
    names: list[str]
    #: imported names that it only has if the learner has them
    imports: list[str]
    #: whether the cell leaves no names behind
    is_trial: bool = False


#: passes a question to the learner's process and brings its answer, both as text that nobody reads on the way
Relay = Callable[[str, float], Awaitable[str]]


class TestsProcess:
    """A kernel for tests. It may serve many submissions of one lab, one after the other."""

    __test__ = False

    def __init__(self, kernel: SandboxKernel) -> None:
        """Own a fresh kernel."""
        self._kernel = kernel
        self.is_dead = False
        #: how its sandbox ended, when that was not our doing
        self.exit: Exit | None = None
        self._use_at_end: CpuUse | None = None

    async def begin(self, classes: Classes) -> None:
        """Forget the submission before and start a new namespace.

        Raises:
            DialogueError: the kernel does not answer.
        """
        reply = await run_silently(self._kernel, runner_code(classes), INSTALL_TIMEOUT_S)
        if reply.get("status") != "ok":
            self.is_dead = True
            raise KernelLostError(str(reply.get("evalue", "")))

    async def prepare(self, files: Mapping[str, bytes]) -> None:
        """Set the environment, and put the lab's files into the working directory.

        Raises:
            DialogueError: the kernel does not answer.
        """
        for code in [PYTHON.environment(ENVIRONMENT), *PYTHON.file_cells(files)]:
            await run_silently(self._kernel, code, INSTALL_TIMEOUT_S)

    async def run(self, source: str, wanted: Wanted, relay: Relay, timeout_s: float) -> Outcome:
        """Run one cell of the instructor's, fetching what it wants of the learner first."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        dialogue = StdinDialogue(self._kernel, run_code(source, wanted.names, wanted.imports, is_trial=wanted.is_trial))
        try:
            return await self._converse(dialogue, relay, deadline)
        except DialogueTimeoutError:
            await self._interrupt(dialogue)
            return Outcome(ok=False, stopped="timeout")
        except DialogueError:
            await self.close()
            return Outcome(ok=False, stopped="tests_died")

    async def _converse(self, dialogue: StdinDialogue, relay: Relay, deadline: float) -> Outcome:
        stopped = ""
        while True:
            prompt = await dialogue.prompt(deadline + (GRACE_S if stopped else 0))
            if prompt.startswith("D"):
                dialogue.reply("")
                await dialogue.finish(deadline + GRACE_S)
                return Outcome(ok=False, stopped=stopped) if stopped else _outcome(json.loads(prompt[1:]))
            if not stopped:
                try:
                    dialogue.reply("V" + await relay(prompt[1:], deadline))
                    continue
                except LearnerLostError as lost:
                    stopped = lost.reason
            dialogue.reply("A" + stopped)

    async def _interrupt(self, dialogue: StdinDialogue) -> None:
        """Stop a test that overstays; kill the process if it does not stop."""
        with contextlib.suppress(DialogueError):
            await self._kernel.km.interrupt_kernel()
            deadline = asyncio.get_running_loop().time() + GRACE_S
            try:
                while True:
                    await dialogue.prompt(deadline)
                    dialogue.reply("Atimeout")
            except DialogueEndedError:
                return
        await self.close()

    async def close(self) -> None:
        """End the process."""
        try:
            if not self.is_dead:
                self._use_at_end = self._kernel.cpu_use()
                self.is_dead = True
                self.exit = await self._kernel.find_exit()
        finally:
            await self._kernel.close()

    def cpu_use(self) -> "CpuUse | None":
        """Return what it had of the processor, up to now or to its end; None where that cannot be seen."""
        return self._use_at_end if self.is_dead else self._kernel.cpu_use()


def _outcome(told: dict[str, Any]) -> Outcome:
    return Outcome(
        ok=told["ok"],
        value=told.get("value"),
        printed=told.get("printed", ""),
        ename=told.get("ename", ""),
        evalue=told.get("evalue", ""),
        line=told.get("line"),
        stopped="not_whole" if told.get("not_whole") else "",
    )
