"""Processes for tests that wait for the next submission of their lab."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager

from nexus_server.grading.processes.tests_process import TestsProcess
from nexus_server.grading.remote.install import Classes
from nexus_server.grading.sandboxes.fresh import Sandboxes
from nexus_server.grading.sandboxes.stdin_dialogue import DialogueError
from nexus_server.notebook_format.errors import SandboxUnavailableError

#: processes kept, over all labs
MAX_IDLE = 4


class IdleTests:
    """Gives out processes for tests, and keeps some of those that come back. Close it in the end."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        """`sandboxes` gives a new process its kernel."""
        self._sandboxes = sandboxes
        self._idle: list[tuple[str, TestsProcess]] = []
        self._is_closed = False

    @asynccontextmanager
    async def lend(self, key: str, classes: Classes, files: Mapping[str, bytes]) -> AsyncIterator[TestsProcess]:
        """Take a process as `take` does, and keep it for the next submission; not where the work with it was cut off.

        Raises:
            SandboxUnavailableError: none could be started.
        """
        process = await self.take(key, classes, files)
        try:
            yield process
        except BaseException:  # raised again; whatever runs in it would keep the next submission waiting
            await process.close()
            raise
        await self.give_back(key, process)

    async def take(self, key: str, classes: Classes, files: Mapping[str, bytes]) -> TestsProcess:
        """Take an idle process of the lab `key`, or start one with its files; its namespace is new either way.

        Raises:
            SandboxUnavailableError: none could be started.
        """
        if (idle := self._find(key)) is not None and await _begin(idle, idle.begin(classes)):
            return idle
        process = TestsProcess(await self._sandboxes.open())
        if not await _begin(process, _made_ready(process, classes, files)):
            raise SandboxUnavailableError("The kernel for the tests did not start.")
        return process

    def _find(self, key: str) -> TestsProcess | None:
        for number, (of_lab, process) in enumerate(self._idle):
            if of_lab == key:
                del self._idle[number]
                return process
        return None

    async def give_back(self, key: str, process: TestsProcess) -> None:
        """Keep a process for the next submission, in place of the oldest that is kept."""
        if process.is_dead:
            return
        if self._is_closed:
            await process.close()
            return
        self._idle.append((key, process))
        while len(self._idle) > MAX_IDLE:
            _, oldest = self._idle.pop(0)
            await oldest.close()

    async def close(self) -> None:
        """End what is kept, and from now on what comes back."""
        self._is_closed = True
        idle, self._idle = self._idle, []
        # All at once: whoever closes may be cancelled, and each goes on to its end then.
        await asyncio.gather(*(process.close() for _, process in idle))


async def _made_ready(process: TestsProcess, classes: Classes, files: Mapping[str, bytes]) -> None:
    await process.prepare(files)
    await process.begin(classes)


async def _begin(process: TestsProcess, beginning: Awaitable[None]) -> bool:
    """Make a process ready for a submission; it is ended where that fails."""
    try:
        await beginning
    except DialogueError:
        await process.close()
        return False
    except BaseException:  # raised again; a cancellation too must not leave the process
        await process.close()
        raise
    return True
