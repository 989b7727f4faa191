"""One learner's kernel: what Jupyter calls a kernel manager, with an owner and an end that has a reason."""

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jupyter_client.ioloop.restarter import AsyncIOLoopKernelRestarter
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager
from traitlets import Float, Instance, Type

from nexus_server.tenancy.death import SENTENCES, DeathReason, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable


class DeathWatch(AsyncIOLoopKernelRestarter):
    """Notices that a kernel ended, and never starts it again: the learner is told why and decides."""

    time_to_dead = Float(0.5, config=True, help="Seconds between two looks at a kernel.")

    async def poll(self) -> None:  # type: ignore[override]
        """Tell everybody who waits for the kernel's end, once."""
        kernel = self.kernel_manager
        if kernel.shutting_down or await kernel.is_alive():
            return
        self.stop()
        kernel.note_death(kernel.find_death_reason())
        self._fire_callbacks("dead")


class LearnerKernel(ServerKernelManager):
    """A kernel in a sandbox, owned by one learner."""

    restarter_class = Type(DeathWatch, klass=AsyncIOLoopKernelRestarter)
    owner_id = Instance(UUID, allow_none=True, help="Whose kernel it is; set before it starts.")
    death_reason: DeathReason | None = None

    def __init__(self, **kwargs: Any) -> None:
        """Prepare a kernel that is not started yet."""
        super().__init__(**kwargs)
        #: called when the kernel ends, after its reason is known
        self.on_death: set[Callable[[], None]] = set()
        self.restarting = asyncio.Lock()
        #: removes what a dead kernel left; until it is done nothing may start in the same place
        self.burial: asyncio.Task[None] | None = None

    @property
    def is_dead(self) -> bool:
        """Whether the kernel ended and was not started again."""
        return bool(self.execution_state == "dead")

    @property
    def container_id(self) -> str | None:
        """The sandbox's id, for as long as it runs."""
        running = getattr(self.provisioner, "_kernel", None)
        return None if running is None else str(running.sandbox.id)

    async def wait_for_burial(self) -> None:
        """Return when nothing of a dead kernel is left."""
        if self.burial is not None:
            await asyncio.wait({self.burial})

    def find_death_reason(self) -> DeathReason:
        """Return why the kernel ended: what somebody announced, or what its sandbox tells."""
        if self.death_reason is not None:
            return self.death_reason
        end: Any = getattr(self.provisioner, "exit", None)
        if end is None:
            return DeathReason.CRASHED
        return reason_of(end.code, oom_killed=end.oom_killed, engine_gone=end.engine_gone)

    def note_death(self, reason: DeathReason) -> None:
        """Show the end and its reason in the kernel's model."""
        self.death_reason = reason
        self.execution_state, self.reason = "dead", SENTENCES[reason]
        for tell in tuple(self.on_death):
            tell()

    def note_start(self) -> None:
        """Show a fresh start."""
        self.death_reason = None
        self.execution_state, self.reason = "starting", ""
