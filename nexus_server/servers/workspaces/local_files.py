"""A learner's files on a server's own disk, as they are carried: in areas, each a directory of its own.

What is carried are directories and regular files. Links, pipes and sockets stay behind, as they do in downloads.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from nexus_server.errors import NexusError
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.entry import Entry
from nexus_server.files.errors import NoSuchFileError
from nexus_server.kernels.storage.workspaces import WorkspaceUnavailableError

#: a file that changed as lately may change again without a newer time: file systems count in ticks of some milliseconds
FRESH = timedelta(seconds=1)
#: how the names of folders begin that hold what a disk had before its first manifest
SET_ASIDE = "set-aside-"


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a file looked; another one means that it may have changed."""

    size: int
    modified: datetime
    changed: datetime
    #: whether it had changed so lately that the next change could look the same
    is_fresh: bool = False

    @classmethod
    def of(cls, entry: Entry, since: datetime) -> "Stamp":
        """Return that of a file, which is fresh when it changed `since` a moment of the file system's clock."""
        return cls(entry.size, entry.modified, entry.changed, is_fresh=entry.changed > since)


@dataclass(slots=True)
class Seen:
    """What was there."""

    directories: list[str] = field(default_factory=list)
    files: dict[str, Stamp] = field(default_factory=dict)
    #: directories that could not be read
    unread: list[str] = field(default_factory=list)
    #: files that were left out, because there are too many or they are too large
    left_out: int = 0


class LocalFiles:
    """Reads and writes them. Everything here blocks: call it in a thread."""

    def __init__(
        self,
        areas: Mapping[str, ConfinedDirectory],
        *,
        max_files: int,
        max_bytes: int,
        is_there: Callable[[], bool] = lambda: True,
        fresh: timedelta = FRESH,
    ) -> None:
        """Carry `max_files` files and directories of `max_bytes` together at most; those that changed lately anew.

        `is_there` says whether the areas are mounted: an empty place where a mount was is no empty workspace.
        """
        self._fresh = fresh
        self._is_there = is_there
        self._areas = areas
        self._max_files = max_files
        self._max_bytes = max_bytes

    def look(self) -> Seen:
        """Return what there is.

        Raises:
            WorkspaceUnavailableError: it is not mounted now.
        """
        self._require_there()
        seen, since, total = Seen(), datetime.now(UTC) - self._fresh, 0
        pending = [(name, "") for name in sorted(self._areas)]
        while pending:
            area, path = pending.pop()
            for entry in self._entries(seen, area, path):
                name = f"{area}/{entry.path}"
                total += entry.size
                if total > self._max_bytes or len(seen.files) + len(seen.directories) >= self._max_files:
                    total -= entry.size
                    seen.left_out += 1
                elif entry.is_directory:
                    seen.directories.append(name)
                    pending.append((area, entry.path))
                else:
                    seen.files[name] = Stamp.of(entry, since)
        self._require_there()  # all the time
        seen.directories.sort()
        return seen

    def _require_there(self) -> None:
        if not self._is_there():
            raise WorkspaceUnavailableError

    def _entries(self, seen: Seen, area: str, path: str) -> list[Entry]:
        try:
            return self._areas[area].scan(path)
        except NoSuchFileError:
            if not path:
                raise WorkspaceUnavailableError from None
            return []  # it went meanwhile
        except NexusError:  # nobody may read it, or it lies too deep
            seen.unread.append(f"{area}/{path}")
            return []

    def find(self, name: str) -> bytes | None:
        """Return a file's bytes; None: it went meanwhile, or cannot be read."""
        files, path = self._place(name)
        try:
            return files.read(path)[1]
        except NexusError:
            return None

    def write(self, name: str, data: bytes, modified: datetime) -> None:
        """Put a file in its place.

        Raises:
            NexusError: there is no room for it, or something else has its name.
        """
        files, path = self._place(name)
        files.write(path, data, modified=modified)

    def make_directory(self, name: str) -> None:
        """Make a directory whose parent is there."""
        files, path = self._place(name)
        files.make_directory(path, exist_ok=True)

    def remove(self, name: str) -> None:
        """Remove what has a name, with all in it; nothing happens when nothing has."""
        files, path = self._place(name)
        try:
            files.remove(path)
        except NoSuchFileError:
            return

    def set_aside(self, now: datetime) -> None:
        """Move what is in each area into a folder of it, which stays: nobody knows whose work of which day it is.

        Raises:
            NexusError: it cannot be moved.
        """
        folder = f"{SET_ASIDE}{now:%Y-%m-%d-%H%M%S}"
        for files in self._areas.values():
            found = files.scan("")
            if found:
                files.make_directory(folder, exist_ok=True)
            for entry in found:
                if entry.path != folder:
                    files.rename(entry.path, f"{folder}/{entry.path}")

    def _place(self, name: str) -> tuple[ConfinedDirectory, str]:
        area, _, path = name.partition("/")
        if area not in self._areas:
            raise NexusError(f"There is no area of this name: {area}")
        return self._areas[area], path


def is_set_aside(name: str) -> bool:
    """Whether a file or directory is in a folder that `set_aside` made, or is one."""
    return name.partition("/")[2].startswith(SET_ASIDE)


def digest(data: bytes) -> str:
    """Return what tells a file's bytes from others, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
