"""Servers with disks of their own whose files an object store carries."""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from nexus_server.clock import SystemClock
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.servers.workspaces.bucket import Bucket
from nexus_server.servers.workspaces.local_files import FRESH, LocalFiles
from nexus_server.servers.workspaces.object_workspaces import ObjectWorkspaces

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES = 2**20


class CarryingServer:
    """One server: its disk outlives it."""

    def __init__(self, disk: Path, bucket: Bucket, *, fresh: timedelta = FRESH) -> None:
        self.disk = disk
        self._fresh = fresh
        self.id = uuid4()
        #: seconds; another second each time, unless a test says what time it is
        self.now: Callable[[], float] = count().__next__
        #: whether workspaces are mounted
        self.is_there: Callable[[], bool] = lambda: True
        self._bucket = bucket
        #: when each learner's files were stored whose server was lost
        self.told: list[tuple[UUID, datetime]] = []
        self.start()

    def start(self) -> None:
        """Start, or start again: what was in memory is gone."""
        self.workspaces = ObjectWorkspaces(
            self._bucket,
            self.id,
            SystemClock(),
            self.disk / "custody",
            open_local=self._open,
            tell=self._tell,
            now=self._time,
        )

    def files(self, owner: UUID) -> Path:
        """Return where a learner's files are."""
        made = self.disk / "workspaces" / str(owner)
        made.mkdir(parents=True, exist_ok=True)
        return made

    async def take(self, owner: UUID, fence: int) -> None:
        await self.workspaces.take(owner, fence, self.files(owner))

    def save(self, owner: UUID, fence: int, name: str, data: bytes) -> None:
        """Save as the contents API does."""
        ConfinedDirectory(
            self.files(owner), max_file_bytes=MAX_BYTES, writing=lambda: self.workspaces.writing(owner, fence)
        ).write(name, data)

    def contents(self, owner: UUID) -> dict[str, bytes]:
        """Return each file of a learner's."""
        root = self.files(owner)
        return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}

    def _time(self) -> float:
        return self.now()

    def _open(self, owner: UUID, files: Path) -> LocalFiles:
        kept = self.disk / "learners" / str(owner)
        kept.mkdir(parents=True, exist_ok=True)
        areas = {
            name: ConfinedDirectory(root, max_file_bytes=MAX_BYTES, max_entries=100)
            for name, root in (("work", files), ("kept", kept))
        }
        return LocalFiles(areas, max_files=50, max_bytes=MAX_BYTES, is_there=self.is_there, fresh=self._fresh)

    async def _tell(self, owner: UUID, stored_at: datetime) -> None:
        self.told.append((owner, stored_at))
