"""Every learner's kernels behind Jupyter's kernels API: owned, counted, listed and ended per learner."""

import asyncio
from functools import partial
from typing import Any, cast
from uuid import UUID

import zmq
import zmq.asyncio
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import default

from nexus_server.files.paths import split
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.learner import Learner
from nexus_server.services import Services
from nexus_server.tenancy.border import current_learner, find_learner
from nexus_server.tenancy.death import DeathReason
from nexus_server.tenancy.errors import NoSuchKernelError, NoSuchKernelSpecError, TooManyKernelsError
from nexus_server.tenancy.home import open_workspace
from nexus_server.tenancy.kernel import LearnerKernel
from nexus_server.tenancy.kernelspec_handlers import find_product_spec
from nexus_server.tenancy.replay import ReplayBuffer

#: what the server holds for one kernel's socket that is read too slowly: messages, and bytes of one message
RECEIVE_QUEUE = 200
MAX_FRAME_BYTES = 64 * 1024 * 1024


class LearnerKernelManager(AsyncMappingKernelManager):
    """Jupyter's kernel manager for many learners. `services` is set by `NexusApp` before the first request.

    A dead kernel stays known, with its reason, until its learner restarts it or it is culled.
    """

    services: Services

    def __init__(self, **kwargs: Any) -> None:
        """Start without kernels."""
        super().__init__(**kwargs)
        #: owners of kernels that are being started
        self._starting: list[UUID] = []

    @default("kernel_manager_class")
    def _default_kernel_manager_class(self) -> str:
        return "nexus_server.tenancy.kernel.LearnerKernel"

    @default("context")
    def _default_context(self) -> zmq.asyncio.Context:
        self._created_context = True
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.RCVHWM, RECEIVE_QUEUE)
        context.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME_BYTES)
        return context

    # ---- whose kernel it is ----

    def get_kernel(self, kernel_id: str) -> LearnerKernel:
        """Return a kernel by its id, whoever owns it.

        Raises:
            HTTPError: 404 there is none.
        """
        self._check_kernel_id(kernel_id)
        return cast("LearnerKernel", self._kernels[kernel_id])

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
        """
        learner = current_learner()
        if kernel_id is not None:
            if not self.owns(learner, kernel_id):
                raise NoSuchKernelError
            return kernel_id
        return await self.start_for(learner, kernel_name or self.default_kernel_name, path or "")

    async def start_for(self, learner: Learner, kernel_name: str, path: str) -> str:
        """Start a kernel of `learner` in the directory `path` of the workspace, and return its id."""
        if find_product_spec(self.kernel_spec_manager, kernel_name) is None:
            raise NoSuchKernelSpecError(f"There is no kernel named {kernel_name!r}.")
        await self._make_room(learner)
        self._starting.append(learner.id)
        try:
            return await self._start(learner, kernel_name, "/".join(split(path)))
        finally:
            self._starting.remove(learner.id)

    async def _start(self, learner: Learner, kernel_name: str, path: str) -> str:
        kernel_id = self.new_kernel_id()
        register = self.services.kernel_register
        await register.add(UUID(kernel_id), learner.id, kernel_name, {"cwd": path})
        limits = await self.services.roadmaps.lab_limits.for_directory(path)
        request = SandboxRequest(
            workspace=await open_workspace(self.services, learner),
            cwd=path,
            owner=str(learner.id),
            memory_mb=limits.memory_mb,
            cpu_share=limits.cpu_share,
        )
        try:
            await super()._async_start_kernel(kernel_id=kernel_id, kernel_name=kernel_name, sandbox=request)
        except BaseException:  # also when the server stops meanwhile: what did not start must not be adopted
            self._pending_kernels.pop(kernel_id, None)
            await register.mark_dead(UUID(kernel_id), DeathReason.CRASHED, forget_sessions=True)
            raise
        kernel = self.get_kernel(kernel_id)
        kernel.owner_id = learner.id
        await register.mark_alive(UUID(kernel_id), kernel.container_id)
        return kernel_id

    async def _make_room(self, learner: Learner) -> None:
        """End a kernel of the learner that nobody is connected to, when there is no room for another."""
        limits = self.services.tenancy
        alive = [kernel for kernel in self.kernels_of(learner.id) if not kernel.is_dead]
        if len(alive) + self._starting.count(learner.id) >= limits.kernels_per_learner:
            unused = [kernel for kernel in alive if self._is_unused(kernel)]
            if not unused:
                raise TooManyKernelsError(
                    f"You have {len(alive)} kernels running, and that is the limit: shut one down first.",
                    limit=limits.kernels_per_learner,
                )
            oldest = min(unused, key=lambda kernel: kernel.last_activity)
            await self.end_kernel(oldest.kernel_id, DeathReason.IDLE)
        if len(self._kernels) + len(self._starting) >= limits.kernels_per_site:
            raise TooManyKernelsError("The server has no room for another kernel right now.", retry_after_s=30)

    def _is_unused(self, kernel: LearnerKernel) -> bool:
        return self._kernel_connections.get(kernel.kernel_id, 0) == 0 and kernel.execution_state == "idle"

    # ---- ending ----

    def _handle_kernel_died(self, kernel_id: str) -> None:
        kernel = self.find_kernel(kernel_id)
        if kernel is None:
            return
        self.log.warning("Kernel %s died: %s", kernel_id, kernel.death_reason)
        kernel.burial = asyncio.ensure_future(self._bury(kernel))

    async def _bury(self, kernel: LearnerKernel) -> None:
        """Tell the learner, and free what the dead kernel held; it stays known so that it can be restarted."""
        reason = kernel.death_reason or DeathReason.CRASHED
        self._announce(kernel, reason)
        try:
            await self.services.kernel_register.mark_dead(UUID(kernel.kernel_id), reason)
        finally:
            await kernel.cleanup_resources(restart=True)

    def _announce(self, kernel: LearnerKernel, reason: DeathReason) -> None:
        self.services.bus.publish(
            kernel.owner_id,
            {"type": "kernel.died", "kernel_id": kernel.kernel_id, "reason": str(reason), "message": kernel.reason},
        )

    async def end_kernel(self, kernel_id: str, reason: DeathReason) -> None:
        """End a kernel for a reason its learner hears of, and forget it."""
        kernel = self.get_kernel(kernel_id)
        kernel.note_death(reason)
        self._announce(kernel, reason)
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
        await super()._async_shutdown_kernel(kernel_id, now=now or kernel.is_dead, restart=restart)
        await self.services.kernel_register.mark_dead(UUID(kernel_id), reason, forget_sessions=True)

    _async_shutdown_kernel = shutdown_kernel

    async def shutdown_all(  # type: ignore[override]
        self,
        now: bool = False,  # noqa: ARG002, FBT001, FBT002  Jupyter's signature
    ) -> None:
        """End every kernel at once, because the server stops."""
        for kernel in self._kernels.values():
            kernel.death_reason = kernel.death_reason or DeathReason.SERVER_RESTART
        await super()._async_shutdown_all(now=True)

    _async_shutdown_all = shutdown_all

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that nobody used for too long; a dead one is forgotten after as long."""
        kernel = self.get_kernel(kernel_id)
        if kernel.restarting.locked():
            return
        was_dead, announced = kernel.is_dead, kernel.death_reason
        if not was_dead:
            kernel.death_reason = DeathReason.IDLE
        await super().cull_kernel_if_idle(kernel_id)
        if kernel_id in self:
            kernel.death_reason = announced
        elif not was_dead:
            kernel.note_death(DeathReason.IDLE)
            self._announce(kernel, DeathReason.IDLE)

    async def interrupt_kernel(self, kernel_id: str) -> None:  # type: ignore[override]
        """Interrupt a kernel; there is nothing to interrupt in a dead one."""
        kernel = self.get_kernel(kernel_id)
        if not kernel.is_dead:
            await kernel.interrupt_kernel()

    async def restart_kernel(self, kernel_id: str, now: bool = False) -> None:  # type: ignore[override]  # noqa: FBT001, FBT002
        """Start a kernel again, dead or alive, under the same id.

        The provisioner returns when the kernel answers, so there is nothing to wait for afterwards.
        """
        self._check_kernel_id(kernel_id)
        kernel = self.get_kernel(kernel_id)
        async with kernel.restarting:
            await kernel.wait_for_burial()
            self.stop_watching_activity(kernel_id)
            await kernel.restart_kernel(now=now or kernel.is_dead)
            kernel.note_start()
            self.start_watching_activity(kernel_id)
            await self.services.kernel_register.mark_alive(UUID(kernel_id), kernel.container_id)

    _async_restart_kernel = restart_kernel

    # ---- while nobody listens ----

    def find_replay(self, kernel_id: str, session_key: str) -> ReplayBuffer | None:
        """Return what was kept for a tab that is about to reconnect, or None."""
        kept = self._kernel_buffers.get(kernel_id)
        return kept["buffer"] if kept is not None and kept["session_key"] == session_key else None

    def start_buffering(self, kernel_id: str, session_key: str, channels: dict[str, Any]) -> None:
        """Keep what the kernel says, within bounds, until the same tab is back."""
        self.stop_buffering(kernel_id)
        limits = self.services.tenancy
        buffer = ReplayBuffer(max_bytes=limits.replay_kb * 1024, max_messages=limits.replay_messages)
        self._kernel_buffers[kernel_id] = {"session_key": session_key, "buffer": buffer, "channels": channels}

        def keep(channel: str, frames: list[bytes]) -> None:
            buffer.append((channel, frames))

        for channel, stream in channels.items():
            stream.on_recv(partial(keep, channel))
