"""Removing containers that nobody owns: their kernel ended, or the process that started them is gone.

The owner's lock file tells: the operating system frees the lock however the owner ends. Containers of a server are left
for the next server on the same data directory to adopt, unless that data directory is gone or silent for long.
"""

import asyncio
import contextlib
import time
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from nexus_server.kernels.connection import ConnectionDir
from nexus_server.kernels.docker.backend import DockerBackend
from nexus_server.kernels.host_calls import call_host
from nexus_server.kernels.owners import ADOPTABLE_LABEL, LOCK_LABEL, is_owner_alive, is_owner_visible
from nexus_server.kernels.sandbox import SandboxInfo
from nexus_server.kernels.socket_dirs import OWN, SocketDirs
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

REAP_INTERVAL_S = 60.0
#: how long a dead server's kernels wait for the next server, in seconds
ADOPTION_GRACE_S = 3600.0


def is_orphan(found: SandboxInfo, *, own_lock: Path, owned: AbstractSet[str]) -> bool:
    """Whether nobody will ever claim this container.

    Args:
        found: the container.
        own_lock: our own lock file.
        owned: the kernels (as labelled) that this process started or adopted.
    """
    lock = found.labels.get(LOCK_LABEL, "")
    if lock == str(own_lock):
        return found.kernel_id not in owned
    if not is_owner_visible(found.labels) or is_owner_alive(lock):
        return False
    if found.labels.get(ADOPTABLE_LABEL) != "1":
        return True
    try:
        silent_s = time.time() - Path(lock).stat().st_mtime
    except OSError:
        return True
    return silent_s > ADOPTION_GRACE_S


@dataclass(slots=True)
class Reaper:
    """Looks for orphans now and then; part of a server's background."""

    backend: DockerBackend
    own_lock: Path
    runtime_root: Path
    #: the kernels that this process starts, started or adopted; a kernel is in it before its container exists
    owned: AbstractSet[str]
    #: has the rights that the sockets' directories need
    dirs: SocketDirs = OWN
    _wake: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _part: Part | None = field(default=None, init=False)

    async def start(self) -> None:
        """Begin, on the running event loop."""
        self._part = forever("kernel-reaper", self._look, every_s=REAP_INTERVAL_S, wake=self._wake)

    async def stop(self) -> None:
        """End."""
        await end_task(self._part)
        self._part = None

    async def _look(self) -> None:
        await self.reap()
        with contextlib.suppress(FileNotFoundError):
            self.own_lock.touch()

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    async def reap(self) -> int:
        """Remove every orphan; return how many."""
        known = set(self.owned)
        found = await self.backend.list()
        # A kernel may have ended while the engine answered, or have begun: neither is an orphan.
        known |= self.owned
        orphans = [item for item in found if is_orphan(item, own_lock=self.own_lock, owned=known)]
        for orphan in orphans:
            log.info("orphan_removed", container=orphan.id[:12], kernel=orphan.kernel_id)
            await self.backend.remove(orphan.id)
            lock = Path(orphan.labels.get(LOCK_LABEL, ""))
            if lock.parent == self.runtime_root:
                await call_host(ConnectionDir(self.runtime_root, orphan.kernel_id, self.dirs).remove)
        return len(orphans)
