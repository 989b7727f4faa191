"""Every learner's kernels behind Jupyter's kernels API: owned, counted, listed and ended per learner."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
import zmq
import zmq.asyncio
from jupyter_server._tz import utcnow
from traitlets import default

from nexus_server.errors import NexusError, UnavailableError
from nexus_server.events.messages import KernelDied
from nexus_server.files.paths import split
from nexus_server.jupyter.kernels.kernel import LearnerKernel
from nexus_server.jupyter.kernels.kernel_names import match_kernel
from nexus_server.jupyter.kernels.listening import ListeningKernelManager
from nexus_server.jupyter.messages.output_gate import OutputGate
from nexus_server.kernels.death_reason import DeathReason
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.shipped_images import build_advice
from nexus_server.learner import Learner
from nexus_server.phrases import phrase
from nexus_server.tasks import once
from nexus_server.tenancy.errors import NoSuchKernelError, NoSuchKernelSpecError, TooManyKernelsError
from nexus_server.web.request_context import current_learner, find_learner

log = structlog.get_logger()

#: what the server holds for one kernel's socket that is read too slowly: messages, and bytes of one message
RECEIVE_QUEUE = 200
#: messages that wait for a kernel that does not read
SEND_QUEUE = 200
MAX_FRAME_BYTES = 64 * 1024 * 1024


class LearnerKernelManager(ListeningKernelManager):
    """Jupyter's kernel manager for many learners.

    A dead kernel stays known, with its reason, until its learner restarts it or it is culled.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Start without kernels."""
        super().__init__(**kwargs)
        #: owners of kernels that are being started
        self._starting: list[UUID] = []
        #: once the server stops, which it does whatever its database does
        self._is_stopping = False

    @default("kernel_manager_class")
    def _default_kernel_manager_class(self) -> str:
        return "nexus_server.jupyter.kernels.kernel.LearnerKernel"

    @default("context")
    def _default_context(self) -> zmq.asyncio.Context:
        self._created_context = True
        context = zmq.asyncio.Context()
        # A kernel with a tab takes six: the default of 1023 ends at 170 kernels.
        context.set(zmq.MAX_SOCKETS, context.get(zmq.SOCKET_LIMIT))
        context.setsockopt(zmq.RCVHWM, RECEIVE_QUEUE)
        context.setsockopt(zmq.SNDHWM, SEND_QUEUE)
        context.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME_BYTES)
        return context

    # ---- whose kernel it is ----

    def find_kernel(self, kernel_id: str) -> LearnerKernel | None:
        """Return a kernel by its id, whoever owns it."""
        return self._kernels.get(kernel_id)

    def owns(self, learner: Learner, kernel_id: str) -> bool:
        """Whether there is such a kernel, and it is the learner's."""
        kernel = self.find_kernel(kernel_id)
        return kernel is not None and kernel.owner_id == learner.id

    def kernels_of(self, user_id: UUID) -> list[LearnerKernel]:
        """Return the learner's kernels, dead ones too, the oldest first."""
        return [kernel for kernel in self._kernels.values() if kernel.owner_id == user_id]

    def has_kernels(self, user_id: UUID) -> bool:
        """Whether the learner has a kernel here that lives, or one that starts."""
        return user_id in self._starting or any(not kernel.is_dead for kernel in self.kernels_of(user_id))

    @property
    def is_starting_any(self) -> bool:
        """Whether somebody's kernel starts."""
        return bool(self._starting)

    def living(self) -> list[LearnerKernel]:
        """Return everybody's kernels that live."""
        return [kernel for kernel in self._kernels.values() if not kernel.is_dead]

    def list_kernels(self) -> list[dict[str, Any]]:
        """Return the models of the current learner's kernels; outside of a request there are none."""
        learner = find_learner()
        return (
            [] if learner is None else [self.kernel_model(kernel.kernel_id) for kernel in self.kernels_of(learner.id)]
        )

    # ---- starting ----

    async def start_kernel(  # type: ignore[override]
        self,
        *,
        kernel_name: str | None = None,
        kernel_id: str | None = None,
        path: str | None = None,
        **_: Any,
    ) -> str:
        """Start a kernel of the current learner and return its id, which is made here, never by the client.

        Raises:
            NoSuchKernelError: `kernel_id` names a kernel that is not the learner's.
            NoSuchKernelSpecError, TooManyKernelsError: it cannot be started.
            KernelInPreparationError: its image is being built.
        """
        learner = current_learner()
        if kernel_id is not None:
            if not self.owns(learner, kernel_id):
                raise NoSuchKernelError
            return kernel_id
        return await self.start_for(learner, kernel_name or self.default_kernel_name, path or "")

    async def start_for(self, learner: Learner, kernel_name: str, path: str) -> str:
        """Start a kernel of `learner` in the directory `path` of the workspace, and return its id."""
        matched = match_kernel(self.kernel_spec_manager, kernel_name, self.default_kernel_name)
        if matched is None:
            await self.services.first_use.require(kernel_name)
            raise NoSuchKernelSpecError(f"There is no kernel named {kernel_name!r}.{build_advice(kernel_name)}")
        await self.services.kernel_starts.take(str(learner.id))
        await self._make_room(learner)
        self._starting.append(learner.id)
        try:
            kernel_id = await self._start(learner, matched, "/".join(split(path)))
        finally:
            self._starting.remove(learner.id)
        # It counts as running by now, so it must not count as starting while the database writes.
        try:
            await self.services.kernel_registry.mark_alive(UUID(kernel_id), self.get_kernel(kernel_id).container_id)
        except (Exception, asyncio.CancelledError):  # whatever it was: nobody was given the kernel
            await asyncio.shield(once("abandoned-start", lambda: self._abandon(kernel_id)))
            raise
        return kernel_id

    async def _start(self, learner: Learner, kernel_name: str, path: str) -> str:
        kernel_id = self.new_kernel_id()
        register = self.services.kernel_registry
        await register.add(UUID(kernel_id), learner.id, kernel_name, {"cwd": path})
        try:
            await self.launch(kernel_id, kernel_name, learner.id, path)
        except (Exception, asyncio.CancelledError):  # whatever it was: what did not start must not be adopted
            # Beside whoever asked, who may be cancelled once more.
            await asyncio.shield(once("abandoned-start", lambda: self._abandon(kernel_id)))
            raise
        return kernel_id

    async def _abandon(self, kernel_id: str) -> None:
        """Leave nothing of a kernel that nobody was given."""
        self.forget_start(kernel_id)
        try:
            if kernel_id in self._kernels:
                await super()._async_shutdown_kernel(kernel_id, now=True)
        finally:
            register = self.services.kernel_registry
            await register.mark_dead(UUID(kernel_id), DeathReason.CRASHED, forget_sessions=True)

    def forget_start(self, kernel_id: str) -> None:
        """Forget a start that failed: Jupyter would take it for one that goes on, and end it with the server."""
        self._pending_kernels.pop(kernel_id, None)

    async def launch(self, kernel_id: str, kernel_name: str, owner_id: UUID, path: str) -> LearnerKernel:
        """Start a kernel in a learner's directory `path`, or take it over when it outlived the last server.

        Raises:
            NexusError: with the reason.
        """
        limits = await self.services.roadmaps.lab_limits.for_directory(path)
        request = SandboxRequest(
            workspace=await self.services.kernels.workspaces.open(owner_id),
            cwd=path,
            owner=str(owner_id),
            memory_mb=limits.memory_mb,
            cpu_share=limits.cpu_share,
        )
        await super()._async_start_kernel(kernel_id=kernel_id, kernel_name=kernel_name, sandbox=request)
        kernel = self.get_kernel(kernel_id)
        kernel.owner_id = owner_id
        kernel.on_event = partial(self.services.bus.publish, owner_id)
        kernel.has_full_disk = lambda: self.services.kernels.workspaces.is_full(owner_id)
        kernel.gate = OutputGate(self.services.tenancy.flood_limits())
        kernel.clock.limit_s = limits.cell_timeout_s or self.services.tenancy.cell_timeout_s
        kernel.clock.grace_s = self.services.tenancy.interrupt_grace_s
        kernel.limits.begin()
        return kernel

    async def _make_room(self, learner: Learner) -> None:
        """End a kernel of the learner that nobody is connected to, when there is no room for another."""
        limits = self.services.tenancy
        await self._forget_oldest_dead(learner, limits.kernels_per_learner)
        alive = [kernel for kernel in self.kernels_of(learner.id) if not kernel.is_dead]
        if len(alive) + self._starting.count(learner.id) >= limits.kernels_per_learner:
            unused = [kernel for kernel in alive if self._is_unused(kernel)]
            if not unused:
                raise TooManyKernelsError(
                    phrase(
                        "You have {count} kernels running, and that is the limit: shut one down first.",
                        count=len(alive),
                    ),
                    limit=limits.kernels_per_learner,
                )
            oldest = min(unused, key=lambda kernel: kernel.last_activity)
            await self.end_kernel(oldest.kernel_id, DeathReason.IDLE)
        if (
            sum(not kernel.is_dead for kernel in self._kernels.values()) + len(self._starting)
            >= limits.kernels_per_site
        ):
            raise TooManyKernelsError("The server has no room for another kernel right now.", retry_after_s=30)

    async def _forget_oldest_dead(self, learner: Learner, kept: int) -> None:
        """Forget the learner's dead kernels but the newest: each waits for its learner, and anybody can have many."""
        dead = [kernel for kernel in self.kernels_of(learner.id) if kernel.is_dead and not kernel.restarting.locked()]
        for kernel in dead[:-kept]:
            await self.shutdown_kernel(kernel.kernel_id)

    def _is_unused(self, kernel: LearnerKernel) -> bool:
        return self._kernel_connections.get(kernel.kernel_id, 0) == 0 and kernel.execution_state == "idle"

    # ---- ending ----

    def _handle_kernel_died(self, kernel_id: str) -> None:
        kernel = self.find_kernel(kernel_id)
        if kernel is None:
            return
        log.warning("kernel_died", kernel=kernel_id, reason=kernel.death_reason)
        kernel.burial = once("kernel-burial", lambda: self._bury(kernel))

    async def _bury(self, kernel: LearnerKernel) -> None:
        """Tell the learner, and free what the dead kernel held; it stays known so that it can be restarted."""
        reason = kernel.death_reason or DeathReason.CRASHED
        self._announce(kernel, reason)
        try:
            await self.services.kernel_registry.mark_dead(UUID(kernel.kernel_id), reason)
        finally:
            await kernel.cleanup_resources(restart=True)

    def _announce(self, kernel: LearnerKernel, reason: DeathReason) -> None:
        kernel.announce(KernelDied(kernel_id=kernel.kernel_id, reason=str(reason), message=kernel.reason))

    def _tell_end(self, kernel: LearnerKernel, reason: DeathReason) -> None:
        """Tell the kernel's pages and its learner's event sockets."""
        kernel.note_death(reason)
        self._announce(kernel, reason)

    async def end_kernel(self, kernel_id: str, reason: DeathReason) -> None:
        """End a kernel for a reason its learner hears of, and forget it."""
        self._tell_end(self.get_kernel(kernel_id), reason)
        await self.shutdown_kernel(kernel_id, now=True)

    async def shutdown_kernel(  # type: ignore[override]
        self,
        kernel_id: str,
        now: bool | None = False,  # noqa: FBT001, FBT002  Jupyter's signature
        restart: bool | None = False,  # noqa: FBT001, FBT002  Jupyter's signature
    ) -> None:
        """End a kernel and forget it, with its sessions."""
        kernel = self.get_kernel(kernel_id)
        await kernel.wait_for_burial()
        reason = kernel.death_reason or DeathReason.SHUTDOWN
        kernel.clock.end()
        await super()._async_shutdown_kernel(kernel_id, now=now or kernel.is_dead, restart=restart)
        try:
            await self.services.kernel_registry.mark_dead(UUID(kernel_id), reason, forget_sessions=True)
        except UnavailableError:
            if not self._is_stopping:
                raise
            # A server stops without its database too; the next start finds the kernel gone, and writes it down.
            log.warning("kernel_end_not_recorded", kernel=kernel_id)

    _async_shutdown_kernel = shutdown_kernel

    async def shutdown_all(  # type: ignore[override]
        self,
        now: bool = False,  # noqa: ARG002, FBT001, FBT002  Jupyter's signature
    ) -> None:
        """End every kernel at once, because the server stops, or leave them all to the next one."""
        self._is_stopping = True
        await self._give_up_starts()
        if self.services.kernels.leaves_kernels:
            return
        for kernel in self._kernels.values():
            if not kernel.is_dead:
                self._tell_end(kernel, DeathReason.SERVER_RESTART)
        await super()._async_shutdown_all(now=True)

    _async_shutdown_all = shutdown_all

    async def _give_up_starts(self) -> None:
        """End what waits for a place or for its container: there will be no server for it."""
        starting = list(self._pending_kernels.values())
        for start in starting:
            start.cancel()
        await asyncio.gather(*starting, return_exceptions=True)
        self._pending_kernels.clear()

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that nobody used for too long; a dead one is forgotten after as long."""
        kernel = self.get_kernel(kernel_id)
        if kernel.restarting.locked() or self._may_come_back(kernel):
            return
        was_dead, announced = kernel.is_dead, kernel.death_reason
        if not was_dead:
            kernel.death_reason = DeathReason.IDLE
        await super().cull_kernel_if_idle(kernel_id)
        if kernel_id in self:
            kernel.death_reason = announced
        elif not was_dead:
            self._tell_end(kernel, DeathReason.IDLE)

    def _may_come_back(self, kernel: LearnerKernel) -> bool:
        """Whether the learner of a dead kernel may still start it again; Jupyter forgets one at its next look."""
        return kernel.is_dead and utcnow() - kernel.last_activity < timedelta(seconds=self.cull_idle_timeout)

    async def interrupt_kernel(self, kernel_id: str) -> None:  # type: ignore[override]
        """Interrupt a kernel; there is nothing to interrupt in a dead one."""
        kernel = self.get_kernel(kernel_id)
        if not kernel.is_dead:
            await kernel.interrupt_kernel()

    async def restart_kernel(self, kernel_id: str, now: bool = False) -> None:  # type: ignore[override]  # noqa: FBT001, FBT002
        """Start a kernel again, dead or alive, under the same id.

        The provisioner returns when the kernel answers, so there is nothing to wait for afterwards.

        Raises:
            NexusError: it ended, and there is no room or no engine for another one; it may be restarted later.
        """
        self._check_kernel_id(kernel_id)
        kernel = self.get_kernel(kernel_id)
        learner = find_learner()
        if learner is not None:
            await self.services.kernel_starts.take(str(learner.id))
        async with kernel.restarting:
            await kernel.wait_for_burial()
            self.stop_watching_activity(kernel_id)
            try:
                await kernel.restart_kernel(now=now or kernel.is_dead)
            except NexusError:
                await self._note_failed_restart(kernel)
                raise
            kernel.note_start()
            self.start_watching_activity(kernel_id)
            await kernel.wait_until_heard()
            await self.services.kernel_registry.mark_alive(UUID(kernel_id), kernel.container_id)

    async def _note_failed_restart(self, kernel: LearnerKernel) -> None:
        """Say of a kernel that ended and did not come back that it is dead, where nobody would notice it."""
        self._tell_end(kernel, DeathReason.RESTART_FAILED)
        await self.services.kernel_registry.mark_dead(UUID(kernel.kernel_id), DeathReason.RESTART_FAILED)

    _async_restart_kernel = restart_kernel
