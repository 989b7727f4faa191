"""The limit on how long a cell may run: kept by the server, whether or not a page shows the kernel.

The server reads every kernel's IOPub channel itself, so it knows when a cell begins and ends. One that runs too long is
interrupted first; a kernel that does not come back from that is killed, with its reason. Code that forges status
messages can hide from the clock; it keeps its own kernel at a tenth of a CPU until it is culled as idle.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from nexus_server.errors import NexusError
from nexus_server.events.messages import CellInterrupted, EventMessage
from nexus_server.kernels.kernel_request import KernelRequest
from nexus_server.phrases import gettext_noop

log = structlog.get_logger()

#: how long a kernel that has nothing to do may take to answer, in seconds; at 0.1 CPU it may be held back for one
PROBE_S = 3.0

NOTICE = gettext_noop(
    "Time limit reached: a cell may run for {limit:g} seconds, and this one was interrupted. "
    "Look for a loop that never ends, or do the work in smaller steps."
)


class ClockedKernel(Protocol):
    """What the clock asks of a kernel."""

    kernel_id: str

    @property
    def connection_info(self) -> dict[str, Any]:
        """Where its channels are. Raises `NexusError` when it does not run."""
        ...

    def tell(self, text: str, parent: dict[str, Any], limit: str = "") -> None:
        """Show a notice under the cell of `parent`, in every page, or keep it for the one that comes back."""
        ...

    def announce(self, event: EventMessage) -> None:
        """Tell the learner's event sockets."""
        ...

    def note_lost_end(self) -> None:
        """Note that the kernel does nothing, although it never said so."""
        ...

    async def interrupt_cell(self) -> None:
        """Raise KeyboardInterrupt in the running cell."""
        ...

    async def kill_for_time(self) -> None:
        """End the kernel because a cell would not end."""
        ...


@dataclass(slots=True, eq=False)
class Cell:
    """A request that runs."""

    #: its header; empty when it began under the server before this one
    parent: dict[str, Any]
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class WallClock:
    """The clock of one kernel; lives on one event loop."""

    def __init__(self, kernel: ClockedKernel) -> None:
        """Run no clock yet."""
        self._kernel = kernel
        #: seconds that a cell may run; 0: for ever
        self.limit_s = 0.0
        #: seconds that an interrupted cell has to end
        self.grace_s = 0.0
        #: header of the request that the kernel worked on last
        self.parent: dict[str, Any] = {}
        self._cell: Cell | None = None
        #: whether the kernel stands still, so that no time passes for its cell
        self._is_held = False
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_running(self) -> bool:
        """Whether a cell runs."""
        return self._cell is not None

    def begin(self, parent: dict[str, Any]) -> None:
        """Note that a cell runs from now on; kernels run one at a time, so the one before has ended."""
        self.end()
        self.parent = parent
        self._cell = Cell(parent)
        self._set_timer(self._cell)

    def hold(self) -> None:
        """Let no time pass: the kernel stands still."""
        self._is_held = True
        self._stop_timer()

    def go_on(self) -> None:
        """Give the running cell its whole time from now on: nobody knows how much of it was over."""
        self._is_held = False
        if self._cell is not None and self._timer is None:
            self._set_timer(self._cell)

    def _set_timer(self, cell: Cell) -> None:
        if self.limit_s > 0 and not self._is_held:
            self._timer = asyncio.get_running_loop().call_later(self.limit_s, self._expire, cell)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def end(self) -> None:
        """Note that no cell runs."""
        self._stop_timer()
        if self._cell is not None:
            self._cell.ended.set()
            self._cell = None

    async def look(self, patience_s: float = PROBE_S) -> None:
        """Find out whether a kernel that was taken over runs a cell; if so, the cell's clock starts now."""
        self.begin({})
        cell = self._cell
        if cell is None or await self._is_over(cell, patience_s):
            self.end()
            return
        self._start(self._wait_for_answer(cell))

    async def _wait_for_answer(self, cell: Cell) -> None:
        if await self._is_over(cell, self.limit_s or None) and cell is self._cell:
            self.end()

    def _expire(self, cell: Cell) -> None:
        self._timer = None
        self._start(self._enforce(cell))

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _enforce(self, cell: Cell) -> None:
        """Interrupt the cell, then kill the kernel when that does not help."""
        # The message that told the cell's end may have been lost in a flood: a kernel that answers runs nothing.
        if await self._is_over(cell, PROBE_S):
            self._forget(cell)
            return
        if self._stands_still():
            return
        notice = NOTICE.format(limit=self.limit_s)
        self._kernel.tell(notice, cell.parent, "wall_clock")
        self._kernel.announce(CellInterrupted(kernel_id=self._kernel.kernel_id, message=notice))
        with contextlib.suppress(NexusError):  # without its engine a kernel can only be killed
            await self._kernel.interrupt_cell()
        if await self._is_over(cell, self.grace_s):
            self._forget(cell)
            return
        if self._stands_still():
            return
        try:
            await self._kernel.kill_for_time()
        except NexusError as exc:
            log.warning("endless_kernel_not_killed", error=str(exc))

    def _stands_still(self) -> bool:
        return self._is_held

    def _forget(self, cell: Cell) -> None:
        if cell is self._cell:
            self.end()
            self._kernel.note_lost_end()

    async def _is_over(self, cell: Cell, patience_s: float | None) -> bool:
        """Whether the cell ends within `patience_s`, by what was told or because the kernel answers a question."""
        waiting = {asyncio.ensure_future(cell.ended.wait()), asyncio.ensure_future(self._answer())}
        try:
            done, _ = await asyncio.wait(waiting, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
        return bool(done)

    async def _answer(self) -> bool:
        """Return when the kernel's shell channel answers, which it does between cells only, or when there is none."""
        with contextlib.suppress(NexusError):
            async with KernelRequest(self._kernel.connection_info, "shell") as shell:
                await shell.ask("kernel_info_request", {})
        return True
