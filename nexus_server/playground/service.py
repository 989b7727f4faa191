"""Run a piece of code once, in a container of its own that is gone afterwards."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from queue import Empty
from typing import TYPE_CHECKING, Any

from jupyter_client.kernelspec import KernelSpecManager

from nexus_server.accounts.rate_limits import RateLimits
from nexus_server.errors import NexusError, RateLimitedError
from nexus_server.kernels.clean_start import CleanStart
from nexus_server.kernels.death_reason import DeathReason, reason_of
from nexus_server.kernels.first_use import FirstUse
from nexus_server.kernels.malformed import MALFORMED_ERRORS
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.specs import product_specs
from nexus_server.learner import Learner
from nexus_server.phrases import gettext_noop, phrase
from nexus_server.playground.languages import NoSuchLanguageError, PlaygroundLanguages
from nexus_server.tasks import once

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: seconds that a run may take, and characters of each of its outputs that are kept
TIME_LIMIT_S = 10.0
KILLED_BY_TIME = "time"
MAX_OUTPUT_CHARS = 64_000
MAX_TRACEBACK_LINES = 200
#: how often the container is looked at while it is silent, in seconds
LOOK_INTERVAL_S = 0.5
#: how long to wait for a sign of the subscription before asking again, in seconds
SUBSCRIBE_INTERVAL_S = 0.1
#: messages that are read without a rest, and the rest in seconds: what a run floods keeps nobody else waiting
READ_AT_ONCE, REST_S = 100, 0.05
#: runs at the same time, for the whole site
MAX_RUNS = 8


#: what to do about each way in which a run is ended
ADVICE: dict[str, str] = {
    KILLED_BY_TIME: phrase(
        "The program ran longer than the {seconds:.0f} seconds that it may take and was stopped. "
        "Look for a loop that never ends.",
        seconds=TIME_LIMIT_S,
    ),
    DeathReason.MEMORY: gettext_noop(
        "The program needed more memory than it may use and was stopped. Work on less data at a time."
    ),
    DeathReason.EXITED: gettext_noop(
        "The program ended its own process, as by `os._exit()`. Let it run to its last line instead."
    ),
}
CRASHED_ADVICE = gettext_noop("The program's process crashed. Look at what the program did last.")


class PlaygroundBusyError(RateLimitedError):
    """Every place in the playground is taken; try again in a moment."""

    code = "playground_busy"


@dataclass(frozen=True, slots=True)
class RunError:
    """What the code raised."""

    ename: str
    evalue: str
    traceback: list[str]


@dataclass(slots=True)
class Run:
    """What a run said. `killed_by` is `KILLED_BY_TIME` or a `DeathReason`, or None when the code ended by itself."""

    stdout: str = ""
    stderr: str = ""
    #: text of the last expression's value
    result: str | None = None
    #: "ok", "error" or "killed"
    status: str = "ok"
    error: RunError | None = None
    duration_ms: int = 0
    killed_by: str | None = None
    #: whether output was left out
    truncated: bool = False

    @property
    def advice(self) -> str | None:
        """What to do about the limit that ended it, in words for a person; None when the code ended by itself."""
        return None if self.killed_by is None else ADVICE.get(self.killed_by, CRASHED_ADVICE)

    @property
    def failure(self) -> str | None:
        """What went wrong, in words: what an assertion says, the error, or the limit; None when nothing did."""
        if self.error is None:
            return self.advice
        is_said = self.error.ename == "AssertionError" and self.error.evalue
        return self.error.evalue if is_said else f"{self.error.ename}: {self.error.evalue}"


class Playground:
    """Runs code for learners, within a rate and a number of places."""

    def __init__(self, rate_limits: RateLimits, specs: Any = None, first_use: FirstUse | None = None) -> None:
        """`specs` finds kernel specs, by default where Jupyter looks; `first_use` prepares those that are missing."""
        self._rate_limits = rate_limits
        self._specs = specs or KernelSpecManager()
        self.languages = PlaygroundLanguages(self._specs, first_use)
        self._places = MAX_RUNS

    async def run(self, learner: Learner, language: str, code: str, stdin: str) -> Run:
        """Run `code` and return what it said; `stdin` answers its questions line by line.

        Raises:
            NoSuchLanguageError: nobody runs this language here.
            KernelInPreparationError: its kernel is being built.
            RateLimitedError, PlaygroundBusyError: later.
        """
        return await self._run(learner, await self.languages.kernel_of(language), code, stdin)

    async def run_on(self, learner: Learner, kernel_name: str, code: str) -> Run:
        """Run `code` on a kernel that has a language here, and return what it said.

        Raises:
            NoSuchLanguageError: this kernel is not installed here.
            RateLimitedError, PlaygroundBusyError: later.
        """
        if kernel_name not in {each.kernel_name for each in await asyncio.to_thread(self.languages.offered)}:
            raise NoSuchLanguageError(fields={"kernel": phrase("{kernel} is not installed here.", kernel=kernel_name)})
        return await self._run(learner, kernel_name, code, "")

    async def _run(self, learner: Learner, kernel_name: str, code: str, stdin: str) -> Run:
        await self._rate_limits.hit("playground", learner.id)
        if self._places <= 0:
            raise PlaygroundBusyError(retry_after_s=5)
        self._places -= 1
        try:
            async with self._kernel(learner, kernel_name) as (manager, client):
                return await _execute(manager, client, code, stdin)
        finally:
            self._places += 1

    async def try_out(
        self, learner: Learner, program: str, *, needs_libraries: bool, time_limit_s: float
    ) -> str | None:
        """Run a Python program of the site's own and return what it printed, or None when it could not be run in time.

        It takes one of the playground's places, and gives way to everybody when none is free.
        """
        language = "data" if needs_libraries else "python"
        kernel_name = f"nexus-{language}"
        if self._places <= 0 or kernel_name not in await asyncio.to_thread(product_specs, self._specs):
            return None
        self._places -= 1
        try:
            async with asyncio.timeout(time_limit_s), self._kernel(learner, kernel_name) as (manager, client):
                return (await _execute(manager, client, program, "")).stdout
        except (TimeoutError, NexusError):
            return None
        finally:
            self._places += 1

    @asynccontextmanager
    async def _kernel(self, learner: Learner, kernel_name: str) -> "AsyncIterator[tuple[Any, Any]]":
        manager: Any = CleanStart(kernel_name=kernel_name, kernel_spec_manager=self._specs)
        await manager.start_kernel(sandbox=SandboxRequest(owner=f"playground:{learner.id}"))
        client = manager.client()
        try:
            client.start_channels(hb=False)
            await _subscribe(client)
            yield manager, client
        finally:
            # Beside whoever runs it, who may be cancelled meanwhile.
            await asyncio.shield(once("kernel-close", lambda: _end(manager, client)))


async def _end(manager: Any, client: Any) -> None:
    try:
        client.stop_channels()
    finally:
        await manager.shutdown_kernel(now=True)


async def _subscribe(client: Any) -> None:
    """Return once the kernel's broadcasts arrive: what it says before that is lost.

    Raises:
        PlaygroundBusyError: they never do.
    """
    for _ in range(int(TIME_LIMIT_S / SUBSCRIBE_INTERVAL_S)):
        client.kernel_info()
        with suppress(Empty):
            await client.get_iopub_msg(timeout=SUBSCRIBE_INTERVAL_S)
            return
    raise PlaygroundBusyError(retry_after_s=5)


async def _execute(manager: Any, client: Any, code: str, stdin: str) -> Run:
    run = Run()
    started = time.monotonic()
    request = client.execute(code, allow_stdin=True, store_history=False)
    answering = asyncio.ensure_future(_answer_questions(client, iter(stdin.splitlines())))
    try:
        async with asyncio.timeout(TIME_LIMIT_S):
            await _listen(manager, client, request, run)
    except TimeoutError:
        run.status, run.killed_by = "killed", KILLED_BY_TIME
    finally:
        answering.cancel()
    run.duration_ms = round((time.monotonic() - started) * 1000)
    return run


async def _listen(manager: Any, client: Any, request: str, run: Run) -> None:
    """Collect what the kernel says until it is idle again, or its container ended; what is no message is left out."""
    for number in count(1):
        if number % READ_AT_ONCE == 0:
            await asyncio.sleep(REST_S)
        try:
            if _take(run, await client.get_iopub_msg(timeout=LOOK_INTERVAL_S), request):
                return
        except Empty:
            if not await manager.is_alive():
                run.status, run.killed_by = "killed", str(_why(manager))
                return
        except MALFORMED_ERRORS:
            continue


def _take(run: Run, message: dict[str, Any], request: str) -> bool:
    """Note a message of the run; return whether it says that the run is over."""
    content = message["content"]
    if message["parent_header"].get("msg_id") != request:
        return False
    if message["msg_type"] == "status" and content.get("execution_state") == "idle":
        return True
    _note(run, message["msg_type"], content)
    return False


def _why(manager: Any) -> DeathReason:
    end = getattr(manager.provisioner, "exit", None)
    return DeathReason.CRASHED if end is None else reason_of(end.code, oom_killed=end.oom_killed)


async def _answer_questions(client: Any, answers: Iterator[str]) -> None:
    while True:
        with suppress(*MALFORMED_ERRORS):
            await client.get_stdin_msg()
        # A program that asks for more than was given sees the end of its input, as at a terminal.
        client.input(next(answers, "\x04"))


def _note(run: Run, kind: str, content: dict[str, Any]) -> None:
    """Add one message to the run; a kernel may send anything, so nothing is taken for granted."""
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        setattr(run, name, _bounded(run, getattr(run, name) + str(content.get("text", ""))))
    elif kind in ("execute_result", "display_data"):
        data = content.get("data")
        text = data.get("text/plain") if isinstance(data, dict) else None
        run.result = _bounded(run, str(text)) if text is not None else run.result
    elif kind == "error":
        lines = content.get("traceback")
        traceback = [str(line)[:2000] for line in lines[:MAX_TRACEBACK_LINES]] if isinstance(lines, list) else []
        run.status = "error"
        run.error = RunError(str(content.get("ename", ""))[:200], str(content.get("evalue", ""))[:10_000], traceback)


def _bounded(run: Run, text: str) -> str:
    if len(text) > MAX_OUTPUT_CHARS:
        run.truncated = True
    return text[:MAX_OUTPUT_CHARS]
