"""Finding the kernel that sends this process more than it can hold.

A message may have any number of parts, and ZeroMQ hands it over when the last one has come. Until then it lies in this
process's memory, where no limit on messages sees it. So the memory is watched: when it grows by more than it should,
the kernel whose socket has unread bytes whenever one looks is the one that floods. It is ended, and what it sent goes
with its connection.
"""

import asyncio
import fcntl
import logging
import os
import re
import signal
import socket
import stat
import struct
import termios
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from nexus_server.errors import NexusError
from nexus_server.kernels.docker_backend import DockerBackend
from nexus_server.kernels.owners import LOCK_LABEL
from nexus_server.tasks import end_task

log = logging.getLogger(__name__)

#: how often the memory is looked at, in seconds, and by how many bytes it may always grow meanwhile
LOOK_INTERVAL_S = 0.25
CALM_GROWTH = 256 * 1024
#: how often the sockets are looked at when it is suspicious, and how many times at most: a kernel at a tenth of a CPU
#: sends in one burst a second
SAMPLE_INTERVAL_S = 0.05
SAMPLES = 60
#: unread bytes of a socket that count, and in how many samples they make a flood
UNREAD_BYTES = 64 * 1024
HITS = 3

CONTAINER_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(slots=True)
class Growth:
    """How much memory a process took lately, beyond what grows slowly. In bytes."""

    calm: int

    def beyond(self, resident: int) -> int:
        """Note a look; return by how much the memory has grown too fast."""
        self.calm = min(resident, self.calm + CALM_GROWTH)
        return resident - self.calm


def resident_bytes() -> int:
    """Memory of this process."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def flooding_containers() -> set[str]:
    """Containers from whose processes this one has much to read, by their ids."""
    found = set()
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208  numbers, not paths
        try:
            peer = _flooding_peer(int(name))
            groups = Path(f"/proc/{peer}/cgroup").read_text(encoding="ascii") if peer else ""
        except OSError:  # closed meanwhile, or gone
            continue
        found.update(CONTAINER_ID.findall(groups)[-1:])
    return found


def _flooding_peer(descriptor: int) -> int | None:
    """Return the process at the other end of a socket with many unread bytes; None: it is no such socket."""
    if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        return None
    (unread,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)))
    if unread < UNREAD_BYTES:
        return None
    with socket.socket(fileno=os.dup(descriptor)) as plug:
        if plug.family != socket.AF_UNIX:
            return None
        pid, _, _ = struct.unpack("3i", plug.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(pid)


@dataclass(slots=True)
class WireGuard:
    """Watches this process's memory; part of a server's background."""

    backend: DockerBackend
    #: path of the lock file that this process's containers are labelled with
    lock: Callable[[], Path]
    #: bytes by which the memory may grow at once; 0: it is not watched
    allowance: int
    #: ends the learner's kernel in this container, with its reason; returns whether there is one
    end_learners: Callable[[str], Awaitable[bool]] | None = None
    _task: "asyncio.Task[None] | None" = field(default=None, init=False)

    async def start(self) -> None:
        """Begin, on the running event loop."""
        if self.allowance:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        await end_task(self._task)
        self._task = None

    async def _run(self) -> None:
        growth = Growth(resident_bytes())
        while True:
            await asyncio.sleep(LOOK_INTERVAL_S)
            if growth.beyond(resident_bytes()) > self.allowance:
                await self._find_and_end()
                growth.calm = resident_bytes()

    async def _find_and_end(self) -> None:
        hits: Counter[str] = Counter()
        for _ in range(SAMPLES):
            hits.update(await asyncio.to_thread(flooding_containers))
            if hits and (most := hits.most_common(1)[0])[1] >= HITS:
                await self._end(most[0])
                return
            await asyncio.sleep(SAMPLE_INTERVAL_S)

    async def _end(self, container_id: str) -> None:
        log.warning("The kernel in container %s floods the server's memory, and is ended", container_id[:12])
        try:
            if self.end_learners is not None and await self.end_learners(container_id):
                return
            mine = {each.id for each in await self.backend.list() if each.labels.get(LOCK_LABEL) == str(self.lock())}
            if container_id in mine and (sandbox := await self.backend.find(container_id)):
                await sandbox.signal(signal.SIGKILL)
        except NexusError as exc:
            log.warning("A kernel that floods could not be ended: %s", exc)
