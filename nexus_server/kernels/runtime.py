"""What all kernels of one process share: settings, engine, sockets' directory, owner lock; in a server the pool too.

A server builds one `SandboxRuntime` with `is_server=True`, calls `install`, and runs it as a background service; a
process without a server (``jupyter execute``, nbclient, ``nexus grade``) gets a plain one on first use. Jupyter builds
provisioners by entry point, with nothing but the kernel manager as parent, so this is the one place where they meet.
"""

import asyncio
import atexit
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import structlog
from jupyter_client.kernelspec import KernelSpecManager

from nexus_server.errors import NexusError
from nexus_server.kernels.admission import PositionListener, Turnstile
from nexus_server.kernels.adoption import find_survivors, read_records, write_record
from nexus_server.kernels.connection import runtime_root
from nexus_server.kernels.docker.backend import DockerBackend
from nexus_server.kernels.docker.engine_watch import EngineWatch
from nexus_server.kernels.helper.client import helped_host
from nexus_server.kernels.helper.separation import find_helper
from nexus_server.kernels.host import Host, own_host
from nexus_server.kernels.host_calls import call_host
from nexus_server.kernels.launcher import KernelImage, Launcher, RunningKernel, close_anyway, close_quietly
from nexus_server.kernels.owners import OwnerLock
from nexus_server.kernels.pool import WarmPool
from nexus_server.kernels.reaper import Reaper
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.specs import product_images
from nexus_server.settings import NexusSettings
from nexus_server.tasks import end_task, once

log = structlog.get_logger()

#: how long the kernels of the last server wait to be taken over, in seconds
ADOPTION_WAIT_S = 60.0
#: how long a server that starts waits for the engine that knows of such kernels, and how often it asks, in seconds
ENGINE_WAIT_S = 30.0
ENGINE_INTERVAL_S = 0.5


class SandboxRuntime:
    """The shared part of a process's kernels. A server runs `start` and `stop`; whoever builds one may `close` it."""

    def __init__(
        self,
        settings: SandboxSettings,
        data_dir: Path,
        *,
        is_server: bool = False,
        leaves_kernels: bool = False,
        host: Host | None = None,
    ) -> None:
        """Name what is needed; nothing is locked, made or asked of the engine yet.

        Args:
            settings: the sandbox's settings.
            data_dir: the server's data directory.
            is_server: whether kernels outlive this process, to be adopted by the next server on `data_dir`.
            leaves_kernels: whether learners' kernels run on after `stop`, for the next server to adopt.
            host: what has the rights that kernels need; by default this process itself.
        """
        self.settings = settings
        helped = find_helper() if host is None else None
        self.root = helped.runtime_root if helped else runtime_root(data_dir, settings.runtime_dir)
        self.is_server = is_server
        self._owner: OwnerLock | None = None
        if host is None and helped:
            host = helped_host(settings, helped.places, helped.socket)
        host = host or own_host(settings, data_dir, self.root)
        self._leave = host.leave
        self.backend = DockerBackend(host.engine)
        users = host.users
        self.launcher = Launcher(
            settings=settings,
            backend=self.backend,
            runtime_root=self.root,
            uid=users.uid,
            gid=users.gid,
            host_uid=users.host_uid,
            host_gid=users.host_gid,
            owner_labels=self._labels,
            dirs=host.dirs,
        )
        self.workspaces = host.workspaces
        self.slots = host.slots
        self.images = host.images
        #: None outside of a server: whoever starts kernels there counts them
        self.places = self._turnstile(settings.place_count()) if is_server else None
        self.starts = self._turnstile(settings.max_starting) if is_server else None
        self.engine = EngineWatch(self.backend)
        self.pool: WarmPool | None = None
        self._reaper: Reaper | None = None
        self.leaves_kernels = leaves_kernels
        #: kernels of the server before this one that nobody took over yet, by kernel id
        self._survivors: dict[str, RunningKernel] = {}
        self._clearing: asyncio.Task[None] | None = None

    @property
    def owner(self) -> OwnerLock:
        """The lock that stands for this process, taken on first use.

        Raises:
            DataDirTakenError: another server runs on this data directory.
        """
        if self._owner is None:
            self._owner = OwnerLock(self.root, "server" if self.is_server else "")
        return self._owner

    def _turnstile(self, places: int) -> Turnstile:
        return Turnstile(places, self.settings.queue_limit, self.settings.queue_timeout_s)

    def _labels(self) -> dict[str, str]:
        return self.owner.labels(adoptable=self.is_server)

    def announce_positions(self, tell: PositionListener) -> None:
        """Tell `tell` whenever somebody's place in the queue changes."""
        for turnstile in (self.places, self.starts):
            if turnstile is not None:
                turnstile.tell = tell

    @property
    def grows_ahead(self) -> bool:
        """Whether kernels are made before they are asked for, where `expect` tells who will ask."""
        return self.pool is not None and self.pool.grows_ahead

    def expect(self, learners: Mapping[str, int]) -> None:
        """Tell how many learners are about to need a kernel, by kernel name; without a pool nothing happens."""
        if self.pool is not None:
            self.pool.expect(learners)

    def warm_counts(self) -> dict[str, int]:
        """Kernels that wait for a learner, by image; none in a process without a pool."""
        return self.pool.counts() if self.pool is not None else {}

    async def start(self) -> None:
        """Begin to reap; a server also takes over what outlived the last one, and fills the pool.

        Raises:
            DataDirTakenError: another server runs on this data directory.
        """
        await self.engine.start()
        self.engine.on_return.append(self._wake_all)
        if self.is_server:
            await self._find_survivors()
        self._reaper = Reaper(self.backend, self.owner.path, self.root, self.launcher.owned, self.launcher.dirs)
        await self._reaper.start()
        if not self.is_server:
            return
        images = product_images(KernelSpecManager())
        self.pool = WarmPool(self.launcher, self.slots, images, is_busy=self._is_starting)
        await self.pool.start()

    def _is_starting(self) -> bool:
        """Whether somebody waits for a kernel that starts cold."""
        return self.starts is not None and self.starts.taken > 0

    def _wake_all(self) -> None:
        for waiting in (self._reaper, self.pool):
            if waiting is not None:
                waiting.wake()

    async def _find_survivors(self) -> None:
        """Take the kernels over that outlived the last server; whoever knows their learners calls `adopt`."""
        found = await self._wait_for_survivors()
        for kernel in found.values():
            if kernel.slot is not None:
                kernel.on_removal.append(partial(self.slots.remove, kernel.slot))
            if self.places is not None:
                # Not by the queue: there may be fewer places than before, and the start would wait for ever.
                kernel.on_close.append(self.places.occupy())
        used = {kernel.slot.name for kernel in found.values() if kernel.slot is not None}
        await call_host(self.slots.remove_all, used)
        self._survivors = found
        self._clearing = once("unclaimed-kernels", self._end_unclaimed)

    async def _wait_for_survivors(self) -> dict[str, RunningKernel]:
        """Look for them, also when the engine comes up later than the server: the reaper takes what is not claimed."""
        deadline = time.monotonic() + ENGINE_WAIT_S
        is_told = False
        while True:
            try:
                return await find_survivors(self.launcher, self.backend, self.root, self.owner.path)
            except NexusError as exc:
                if time.monotonic() > deadline or not read_records(self.root):
                    log.warning("kernels_not_looked_for", error=str(exc))
                    return {}
                if not is_told:
                    log.warning("kernels_wait_for_engine", error=str(exc))
                is_told = True
            await asyncio.sleep(ENGINE_INTERVAL_S)

    async def _end_unclaimed(self) -> None:
        await asyncio.sleep(ADOPTION_WAIT_S)
        await self.end_unclaimed()

    async def end_unclaimed(self) -> None:
        """End the kernels that outlived the last server and that nobody takes over."""
        while self._survivors:
            _, kernel = self._survivors.popitem()
            await close_quietly(kernel)

    def survivors(self) -> list[str]:
        """Ids of the kernels that outlived the last server and wait for `adopt`; after a while they are ended."""
        return list(self._survivors)

    def adopt(self, kernel_id: str) -> RunningKernel | None:
        """Take such a kernel over; None when it did not survive."""
        return self._survivors.pop(kernel_id, None)

    async def stop(self) -> None:
        """End what waits for learners; engine and lock are kept for kernels that are ended later.

        Kernels that are left to the next server keep the mounts that they stand on.
        """
        await end_task(self._clearing)
        if self.pool is not None:
            await self.pool.stop()
            if not self.leaves_kernels:
                await call_host(self.slots.release)
        if self._reaper is not None:
            await self._reaper.stop()
        await self.engine.stop()
        if not self.leaves_kernels:
            await self.workspaces.close_all()
        await call_host(self._leave)

    async def open_kernel(
        self, kernel_id: str, key: bytes, image: KernelImage, request: SandboxRequest
    ) -> RunningKernel:
        """Return a kernel that answers: from the pool where it has one, else started cold, in order of arrival.

        Raises:
            NexusError: with the reason; `KernelsBusyError` when the queue is full.
        """
        if self.places is None or self.starts is None:
            return await self.launcher.launch(kernel_id, key, image, request)
        self.backend.state.require()  # a warm kernel would not live long either
        leave = await self.places.enter(request.owner, kernel_id)
        try:
            kernel = await self._claim(kernel_id, key, image, request)
            if kernel is None:
                leave_start = await self.starts.enter(request.owner, kernel_id)
                try:
                    # A warm kernel may have come while this one waited.
                    kernel = await self._claim(kernel_id, key, image, request)
                    kernel = kernel or await self.launcher.launch(kernel_id, key, image, request)
                finally:
                    leave_start()
        except (Exception, asyncio.CancelledError):
            leave()
            raise
        kernel.on_close.append(leave)
        if request.outlives_server:
            try:
                write_record(kernel, kernel_id)
            except OSError:
                await close_anyway(kernel)
                raise
        return kernel

    async def _claim(
        self, kernel_id: str, key: bytes, image: KernelImage, request: SandboxRequest
    ) -> RunningKernel | None:
        return None if self.pool is None else await self.pool.claim(kernel_id, key, image, request)

    def close(self) -> None:
        """Give up ownership and connections; containers that still run are orphans, or wait for adoption."""
        if self._owner is not None:
            self._owner.release()
            self._owner = None
        self.backend.close()
        if _installed is self:
            install(None)


_installed: SandboxRuntime | None = None


def install(runtime: SandboxRuntime | None) -> None:
    """Make this the process's runtime; None forgets it."""
    global _installed  # noqa: PLW0603  see the module's docstring
    _installed = runtime


def current() -> SandboxRuntime:
    """Return the process's runtime, building a plain one when nobody installed any."""
    if _installed is not None:
        return _installed
    runtime = SandboxRuntime(SandboxSettings(), NexusSettings().data_path)
    atexit.register(runtime.close)
    install(runtime)
    return runtime
