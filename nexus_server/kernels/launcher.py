"""Starting one kernel, from a request to a kernel that answers under its limits."""

import asyncio
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import structlog

from nexus_server.errors import NexusError
from nexus_server.kernels.connection import PORTS, ConnectionDir
from nexus_server.kernels.docker.container_engine import KERNEL_LABEL
from nexus_server.kernels.errors import KernelStartError
from nexus_server.kernels.host_calls import call_host
from nexus_server.kernels.kernel_request import KernelRequest
from nexus_server.kernels.limits import MIB, KernelLimits
from nexus_server.kernels.sandbox import FULL_WEIGHT, LOW_WEIGHT, Sandbox, SandboxBackend, SandboxRequest, SandboxSpec
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.socket_dirs import OWN, SocketDirs
from nexus_server.kernels.wire import Wire
from nexus_server.tasks import once

log = structlog.get_logger()

#: label with the image's name, and with whom the kernel works for (shown to administrators)
IMAGE_LABEL = "nexus.image"
OWNER_LABEL = "nexus.owner"
#: tells the kernel's program where to start, relative to its working directory
CWD_VARIABLE = "NEXUS_CWD"
#: a cell that does nothing in any language, so that the first real one finds everything loaded
WARM_UP = {"code": "1", "silent": True, "store_history": False, "user_expressions": {}, "allow_stdin": False}
#: how often a starting container is checked for an early end, in seconds
ALIVE_INTERVAL_S = 0.1
#: how many times as long a kernel of the pool may take to start: of a busy machine it gets what others leave
POOLED_PATIENCE = 5


@dataclass(frozen=True, slots=True)
class KernelImage:
    """What a kernelspec says about its image."""

    reference: str
    command: tuple[str, ...]
    #: whether its kernels understand `nexus_claim_request`, and so can wait in a pool
    is_claimable: bool
    #: from the kernelspec; the same for everybody
    env: Mapping[str, str]
    #: MiB without which its kernels cannot start; 0: the site's default will do
    memory_mb: int = 0
    #: how a warm kernel becomes the learner's when it does not know `nexus_claim_request`: a function of
    #: ``{home, cwd, env}`` in the kernel's language. Such a kernel keeps the key that it started with.
    claim: str = ""


@dataclass(slots=True)
class RunningKernel:
    """A kernel that answers. Whoever holds it calls `close`."""

    sandbox: Sandbox
    connection: ConnectionDir
    key: bytes
    limits: KernelLimits
    #: what the container is labelled with; differs from the learner's kernel id for a kernel from the pool
    label: str
    #: the launcher's list of labels, which this kernel leaves when it is closed
    owned: set[str]
    #: where a workspace can be mounted; only kernels of the pool have one
    slot: Path | None = None
    #: what its clients connect to, once it listens
    wire: Wire | None = None
    #: what else to give back, on the event loop
    on_close: list[Callable[[], None]] = field(default_factory=list)
    #: what else to remove from this machine, in a thread
    on_removal: list[Callable[[], None]] = field(default_factory=list)

    @property
    def connection_info(self) -> dict[str, Any]:
        """What clients need to connect."""
        return self.connection.connection_info(self.key)

    @property
    def has_flooded(self) -> bool:
        """Whether it is ended because it sent more than the server can hold."""
        return self.wire is not None and self.wire.has_flooded

    def let_go(self) -> None:
        """Leave the kernel as it is, and let nobody talk to it from here any more."""
        if self.wire is not None:
            self.wire.close()
        self.owned.discard(self.label)
        self.sandbox.let_go()

    async def close(self) -> None:
        """End the kernel and leave nothing behind. May be called twice.

        Raises:
            EngineUnavailableError: its container is left to the reaper; all else is given back.
        """
        try:
            await self.sandbox.remove()
        finally:
            if self.wire is not None:
                self.wire.close()
            self.owned.discard(self.label)
            while self.on_close:
                self.on_close.pop()()
            await call_host(self._remove_places)

    def _remove_places(self) -> None:
        self.connection.remove()
        while self.on_removal:
            self.on_removal.pop()()

    def move_to(self, connection: ConnectionDir) -> None:
        """Let clients connect elsewhere from now on. Blocks."""
        self.connection.move_to(connection)
        self.connection = connection


@dataclass(frozen=True, slots=True)
class Launcher:
    """Starts kernels on one back end."""

    settings: SandboxSettings
    backend: SandboxBackend
    runtime_root: Path
    #: user and group inside the container
    uid: int
    gid: int
    #: the same as the host sees them
    host_uid: int
    host_gid: int
    #: labels that name the owning process
    owner_labels: Callable[[], Mapping[str, str]]
    #: labels of the kernels that are starting or running; the reaper spares them
    owned: set[str] = field(default_factory=set)
    #: has the rights that the sockets' directories need
    dirs: SocketDirs = OWN

    def connection_of(self, kernel_id: str) -> ConnectionDir:
        """Name a kernel's directory.

        Raises:
            PathTooLongError: sockets in it would have too long paths.
        """
        return ConnectionDir(self.runtime_root, kernel_id, self.dirs)

    def limits_for(self, request: SandboxRequest) -> KernelLimits:
        """The limits of a kernel for this request.

        Raises:
            LimitTooHighError: it asks for more than the site allows.
        """
        return self.settings.limits().asking(request.memory_mb, request.cpu_share, ceiling=self.settings.ceiling())

    async def launch(
        self, kernel_id: str, key: bytes, image: KernelImage, request: SandboxRequest, *, slot: Path | None = None
    ) -> RunningKernel:
        """Start a kernel at full speed, wait until it answers, then put it under its limits.

        With a slot it is a kernel for the pool: it starts with little weight and gets its workspace later.

        Raises:
            NexusError: one of `errors`, with the reason; nothing is left behind.
        """
        limits = self.limits_for(request)
        connection = self.connection_of(kernel_id)
        spec = self._spec(kernel_id, image, request, connection, slot=slot)
        self.owned.add(kernel_id)
        try:
            await call_host(connection.create, key, uid=self.host_uid, gid=self.host_gid)
            sandbox = await self.backend.start(spec)
        except (Exception, asyncio.CancelledError):
            self.owned.discard(kernel_id)
            await call_host(connection.remove)
            raise
        kernel = RunningKernel(sandbox, connection, key, limits, kernel_id, self.owned, slot)
        timeout_s = self.settings.start_timeout_s * (1 if slot is None else POOLED_PATIENCE)
        try:
            async with asyncio.timeout(timeout_s):
                await self._make_ready(kernel, spec)
        except TimeoutError as exc:
            await close_anyway(kernel)
            raise KernelStartError(f"The kernel did not answer within {timeout_s:g} s.") from exc
        except (Exception, asyncio.CancelledError):
            await close_anyway(kernel)
            raise
        return kernel

    def open_wire(self, sandbox: Sandbox, front: Path, back: Path) -> Wire:
        """Let clients connect at `front` to the kernel in this sandbox, which listens at `back`; the caller closes it.

        Raises:
            OSError: a directory is missing, or there are no descriptors left.
        """
        bound = self.settings.flood_memory_mb * MIB
        return Wire(front, back, PORTS.values(), bound=bound, end=lambda: _end_flooding(sandbox))

    def _spec(
        self,
        kernel_id: str,
        image: KernelImage,
        request: SandboxRequest,
        connection: ConnectionDir,
        *,
        slot: Path | None,
    ) -> SandboxSpec:
        limits = self.limits_for(request)
        labels = {KERNEL_LABEL: kernel_id, IMAGE_LABEL: image.reference, OWNER_LABEL: request.owner}
        return SandboxSpec(
            kernel_id=kernel_id,
            image=image.reference,
            command=image.command,
            env={**image.env, **request.env, CWD_VARIABLE: safe_cwd(request.cwd)},
            limits=limits,
            connection_dir=connection.path,
            workspace=slot or request.workspace,
            is_slot=slot is not None,
            uid=self.uid,
            gid=self.gid,
            # What cannot be throttled later starts as it is to stay.
            start_cpu_share=self.settings.start_cpu_share if self.settings.can_resize() else limits.cpu_share,
            start_weight=LOW_WEIGHT if slot is not None and self.settings.can_resize() else FULL_WEIGHT,
            labels={**labels, **self.owner_labels()},
            is_template=request.is_template,
        )

    async def _make_ready(self, kernel: RunningKernel, spec: SandboxSpec) -> None:
        await _or_early_end(kernel.sandbox, kernel.connection.wait_for_sockets())
        await call_host(kernel.connection.seal)
        kernel.wire = self.open_wire(kernel.sandbox, kernel.connection.outer, kernel.connection.path)
        async with KernelRequest(kernel.connection_info, "shell") as shell:
            await _or_early_end(kernel.sandbox, shell.ask("kernel_info_request", {}))
            if kernel.slot is not None:
                await _or_early_end(kernel.sandbox, shell.ask("execute_request", WARM_UP))
        if self.settings.can_resize() and not spec.starts_at_limits:
            await kernel.sandbox.resize(kernel.limits)


async def _or_early_end(sandbox: Sandbox, work: Any) -> None:
    """Await `work`, unless the container ends first.

    Raises:
        KernelStartError: it ended.
    """
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=ALIVE_INTERVAL_S))[0]:
            if ended := await sandbox.poll():
                raise KernelStartError(f"The kernel ended with code {ended.code} while it was starting.")
        await task
    finally:
        task.cancel()


def safe_cwd(cwd: str) -> str:
    """Return a path below the workspace: relative, without dots.

    Raises:
        NexusError: it leads out of the workspace.
    """
    path = PurePosixPath(cwd)
    if path.is_absolute() or ".." in path.parts:
        raise KernelStartError("The working directory lies outside the workspace.")
    return "" if str(path) == "." else str(path)


def _end_flooding(sandbox: Sandbox) -> None:
    """Kill a kernel, in a thread without an event loop."""
    log.warning("flooding_kernel_ended", sandbox=sandbox.id[:12])
    try:
        asyncio.run(sandbox.signal(signal.SIGKILL))
    except NexusError as exc:
        log.warning("flooding_kernel_not_ended", error=str(exc))


async def close_anyway(kernel: RunningKernel) -> None:
    """Close a kernel that nobody will own, also when whoever does so is cancelled meanwhile."""
    await asyncio.shield(once("kernel-close", lambda: close_quietly(kernel)))


async def close_quietly(kernel: RunningKernel) -> None:
    """Close a kernel where nobody waits for the result; the reaper gets what is left."""
    try:
        await kernel.close()
    except NexusError as exc:
        log.warning("kernel_not_removed", error=str(exc))
