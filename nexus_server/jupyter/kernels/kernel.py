"""One learner's kernel: what Jupyter calls a kernel manager, with an owner and an end that has a reason."""

import asyncio
import signal
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from jupyter_client.ioloop.restarter import AsyncIOLoopKernelRestarter
from jupyter_server._tz import utcnow
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager
from traitlets import Float, Instance, Type, default

from nexus_server.errors import NexusError
from nexus_server.events.messages import EventMessage
from nexus_server.jupyter.limits.cell_limits import CellLimit, LimitWatch
from nexus_server.jupyter.limits.wall_clock import WallClock
from nexus_server.jupyter.messages.status import Status
from nexus_server.jupyter.messages.streams import tolerant
from nexus_server.kernels.clean_start import CleanStart
from nexus_server.kernels.death_reason import SENTENCES, DeathReason, reason_of
from nexus_server.kernels.errors import SandboxGoneError

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from nexus_server.jupyter.messages.output_gate import OutputGate
    from nexus_server.kernels.launcher import RunningKernel
    from nexus_server.kernels.sandbox import Hits

#: what a kernel is asked for its open tabs to hear it; how long, and how often
QUESTION = "kernel_info_request"
HEARD_S, ASK_AGAIN_S = 3.0, 0.05


class ConnectedTab(Protocol):
    """A tab that is connected to a kernel."""

    def listen_for(self, questions: "AbstractSet[str]") -> asyncio.Event:
        """Return what is set when the kernel is heard to work on one of these requests, by their ids."""
        ...


class DeathWatch(AsyncIOLoopKernelRestarter):
    """Notices that a kernel ended, and never starts it again: the learner is told why and decides."""

    time_to_dead = Float(0.5, config=True, help="Seconds between two looks at a kernel.")

    async def poll(self) -> None:  # type: ignore[override]
        """Tell everybody who waits for the kernel's end, once; see meanwhile what a running cell runs into."""
        kernel = self.kernel_manager
        if kernel.shutting_down:
            return
        if await kernel.is_alive():
            if kernel.clock.is_running:
                kernel.limits.look(kernel.clock.parent)
            return
        self.stop()
        kernel.note_death(kernel.find_death_reason())
        self._fire_callbacks("dead")


class LearnerKernel(CleanStart, ServerKernelManager):
    """A kernel in a sandbox, owned by one learner."""

    restarter_class = Type(DeathWatch, klass=AsyncIOLoopKernelRestarter)
    owner_id = Instance(UUID, allow_none=True, help="Whose kernel it is; set before it starts.")
    death_reason: DeathReason | None = None
    # Jupyter keeps these two on the kernel: the stream that its state is read from, and its `kernel_info_reply`.
    _activity_stream: Any
    _kernel_info_future: "Future[dict[str, Any]]"

    def __init__(self, **kwargs: Any) -> None:
        """Prepare a kernel that is not started yet."""
        super().__init__(**kwargs)
        #: called when the kernel ends, after its reason is known
        self.on_death: set[Callable[[], None]] = set()
        #: called with a notice for the learner, the header of the request it belongs to, and the limit it is about
        self.on_notice: set[Callable[[str, dict[str, Any], str], None]] = set()
        #: called with what the learner's event sockets should hear
        self.on_event: Callable[[EventMessage], None] = lambda _event: None
        #: whether the learner's workspace is full; a kernel that crashes then crashed for want of space
        self.has_full_disk: Callable[[], bool] = lambda: False
        #: connections of tabs that were opened while the kernel lived
        self.tabs: set[ConnectedTab] = set()
        self.clock = WallClock(self)
        self.limits = LimitWatch(self)
        #: bounds what goes from the kernel to its pages; set before it starts
        self.gate: OutputGate | None = None
        self.restarting = asyncio.Lock()
        #: removes what a dead kernel left; until it is done nothing may start in the same place
        self.burial: asyncio.Task[None] | None = None

    @default("last_activity")
    def _default_last_activity(self) -> datetime:
        """Begin to be idle now: Jupyter's own default cannot be made, and the culler asks before any message came."""
        return utcnow()

    def connect_iopub(self, identity: bytes | None = None) -> Any:
        """Listen to what the kernel publishes, however malformed."""
        return tolerant(super().connect_iopub(identity=identity))

    def connect_shell(self, identity: bytes | None = None) -> Any:
        """Talk to the kernel on its shell channel, whatever it answers."""
        return tolerant(super().connect_shell(identity=identity))

    def connect_control(self, identity: bytes | None = None) -> Any:
        """Talk to the kernel on its control channel, whatever it answers."""
        return tolerant(super().connect_control(identity=identity))

    def connect_stdin(self, identity: bytes | None = None) -> Any:
        """Answer the kernel's questions, whatever it asks."""
        return tolerant(super().connect_stdin(identity=identity))

    @property
    def is_dead(self) -> bool:
        """Whether the kernel ended and was not started again."""
        return bool(self.execution_state == "dead")

    @property
    def running(self) -> "RunningKernel | None":
        """The sandbox with its sockets, for as long as it runs."""
        return getattr(self.provisioner, "_kernel", None)

    @property
    def container_id(self) -> str | None:
        """The sandbox's id, for as long as it runs."""
        return None if self.running is None else str(self.running.sandbox.id)

    def know_info(self, info: dict[str, Any]) -> None:
        """Let nobody ask the kernel who it is: Jupyter would, on the shell channel, where a busy kernel is silent."""
        self._kernel_info_future = Future()
        self._kernel_info_future.set_result(info)

    @property
    def connection_info(self) -> dict[str, Any]:
        """What a client needs to connect.

        Raises:
            SandboxGoneError: the kernel does not run.
        """
        if self.running is None:
            raise SandboxGoneError
        return self.running.connection_info

    async def wait_until_heard(self) -> None:
        """Return when each open tab hears the kernel that was started again, or after HEARD_S.

        ZeroMQ connects the tabs' sockets again by itself, some time later. What is published before that is lost.
        """
        questions: set[str] = set()
        heard = [asyncio.ensure_future(tab.listen_for(questions).wait()) for tab in self.tabs]
        if not heard:
            return
        channels = (self.connect_shell(), self.connect_control())
        ends_at = asyncio.get_running_loop().time() + HEARD_S
        try:
            while asyncio.get_running_loop().time() < ends_at:
                for channel in channels:
                    question = self.session.msg(QUESTION)
                    questions.add(question["header"]["msg_id"])
                    self.session.send(channel, question)
                if not (await asyncio.wait(heard, timeout=ASK_AGAIN_S))[1]:
                    return
        finally:
            for each in heard:
                each.cancel()
            for channel in channels:
                channel.close(linger=0)

    async def wait_for_burial(self) -> None:
        """Return when nothing of a dead kernel is left."""
        if self.burial is not None:
            await asyncio.wait({self.burial})

    def find_death_reason(self) -> DeathReason:
        """Return why the kernel ended: what somebody announced, or what its sandbox tells."""
        if self.death_reason is not None:
            return self.death_reason
        if self.running is not None and self.running.has_flooded:
            return DeathReason.FLOOD
        end: Any = getattr(self.provisioner, "exit", None)
        if end is None:
            return DeathReason.CRASHED
        reason = reason_of(end.code, oom_killed=end.oom_killed, engine_gone=end.engine_gone)
        return self._limit_behind_crash() or reason if reason is DeathReason.CRASHED else reason

    def _limit_behind_crash(self) -> DeathReason | None:
        """Return the limit that the cell ran into before its kernel crashed, if any."""
        if self.has_full_disk():
            return DeathReason.DISK
        if self.limits.was_told(CellLimit.PROCESSES, self.clock.parent):
            return DeathReason.PROCESSES
        return None

    def note_death(self, reason: DeathReason) -> None:
        """Show the end and its reason in the kernel's model."""
        self.death_reason = reason
        self.execution_state, self.reason = "dead", SENTENCES[reason]
        self.clock.end()
        for tell in tuple(self.on_death):
            tell()

    def note_start(self) -> None:
        """Show a fresh start."""
        self.death_reason = None
        self.execution_state, self.reason = "starting", ""
        self.clock.end()
        self.limits.begin()

    # ---- cells ----

    def note_cell(self, status: Status) -> None:
        """Note that a learner's code began or ended."""
        if status.state == "busy":
            self.reason = ""
            self.clock.begin(status.parent)
        elif status.state == "idle":
            self.clock.end()

    def hits(self) -> "Hits | None":
        """Return how often the sandbox ran into limits that did not end it, where that is counted."""
        return None if self.running is None else self.running.sandbox.hits()

    def tell(self, text: str, parent: dict[str, Any], limit: str = "") -> None:
        """Show a notice under the cell of `parent`, in every page, or keep it for the one that comes back.

        One about a limit is told in the kernel's model too, until the next cell begins.
        """
        if limit:
            self.reason = text
        for show in tuple(self.on_notice):
            show(text, parent, limit)

    def announce(self, event: EventMessage) -> None:
        """Tell the learner's event sockets something about this kernel."""
        self.on_event(event)

    def note_lost_end(self) -> None:
        """Note that the kernel does nothing, although the message that says so was lost: it may be culled."""
        if self.execution_state == "busy":
            self.execution_state = "idle"

    async def interrupt_cell(self) -> None:
        """Raise KeyboardInterrupt in the running cell."""
        await self.interrupt_kernel()

    async def freeze(self) -> None:
        """Let the kernel stand still with its variables; no time passes for its cell.

        Raises:
            EngineUnavailableError: it may go on.
        """
        self.clock.hold()
        if self.running is not None:
            await self.running.sandbox.freeze()

    async def thaw(self) -> None:
        """Let it go on.

        Raises:
            EngineUnavailableError: it stands still.
        """
        if self.running is not None:
            await self.running.sandbox.thaw()
        self.clock.go_on()

    async def kill_for_time(self) -> None:
        """Kill a kernel whose cell does not end."""
        await self.kill_for(DeathReason.WALL_CLOCK)

    async def kill_for(self, reason: DeathReason) -> None:
        """Kill a kernel for a reason; `DeathWatch` notices and tells."""
        if self.is_dead or self.shutting_down:
            return
        self.death_reason = reason
        try:
            await self.signal_kernel(signal.SIGKILL)
        except NexusError:
            self.death_reason = None
            raise
