"""Learners' files: one directory per learner with a quota that holds while code runs.

With root and loop devices each workspace is a small ext4 file system in a file, mounted at its directory: the size and
the number of files end where the file system ends, whoever writes. Elsewhere it is a plain directory without a quota,
which `nexus doctor` says. The path is the same for the server and for any number of kernels.
"""

import contextlib
import math
import os
import shutil
import subprocess
import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import structlog

from nexus_server.errors import UnavailableError
from nexus_server.files.removal import remove_quietly
from nexus_server.kernels.host_calls import call_host
from nexus_server.kernels.limits import MIB
from nexus_server.kernels.storage.custody import Custody
from nexus_server.kernels.storage.mounts import unmount

log = structlog.get_logger()

#: what ext4 keeps for itself (journal, inode tables, block maps), in MiB
OVERHEAD_MB = 5
#: bytes of a block; ext4 cuts a file system into groups of as many blocks as one block has bits
BLOCK_BYTES = 4096
GROUP_BYTES = 8 * BLOCK_BYTES * BLOCK_BYTES
#: inodes that ext4 keeps for itself, and those of one block, of which each group gets whole ones
RESERVED_INODES = 10
INODES_PER_BLOCK = 16
#: a workspace with less room than this is full: ext4 keeps some hundred kilobytes back when it refuses a large file
FULL_BYTES = MIB


class WorkspaceUnavailableError(UnavailableError):
    """The workspace could not be opened; nothing was lost, try again."""

    code = "workspace_unavailable"


@dataclass(frozen=True, slots=True)
class Usage:
    """How full a workspace is."""

    bytes_used: int
    bytes_limit: int
    files_used: int
    files_limit: int


@dataclass(slots=True)
class Workspaces:
    """Every learner's workspace below one directory."""

    root: Path
    #: quota of each, in MiB and in files
    size_mb: int
    files: int
    #: user and group of kernels, who own the files
    uid: int
    gid: int
    #: whether quotas hold; `can_enforce` says whether they can
    is_enforced: bool
    #: which of several servers may write them; None: the site has one
    custody: Custody | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def path_of(self, owner: UUID) -> Path:
        """The learner's directory; use it only after `open`."""
        return self.root / str(owner)

    def _image_of(self, owner: UUID) -> Path:
        return self.root / f"{owner}.ext4"

    async def open(self, owner: UUID) -> Path:
        """Return the learner's directory, making and mounting it when needed. Cheap when it is open already.

        Raises:
            WorkspaceUnavailableError: it exists but cannot be mounted now.
            UnavailableError: another server of the site has it, or had it and has not handed it on.
        """
        if self.custody is None:
            return await self._mounted(owner)
        await self.custody.admit(owner)
        path = await self._mounted(owner)
        await self.custody.receive(owner, path)
        return path

    async def _mounted(self, owner: UUID) -> Path:
        path = self.path_of(owner)
        if os.path.ismount(path):  # noqa: ASYNC240  two stat calls
            return path
        return await call_host(self.open_now, owner)

    def writing(self, owner: UUID) -> AbstractContextManager[None]:
        """Enter this around each save in an open workspace, in any thread.

        Raises:
            UnavailableError: another server of the site has it by now.
        """
        return nullcontext() if self.custody is None else self.custody.writing(owner)

    def open_now(self, owner: UUID) -> Path:
        """Like `open`, for callers outside of an event loop; the first call takes a tenth of a second."""
        path = self.path_of(owner)
        if not os.path.ismount(path):
            with self._lock:
                self._open(owner)
        return path

    def _open(self, owner: UUID) -> None:
        path, image = self.path_of(owner), self._image_of(owner)
        if os.path.ismount(path):
            return
        self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        has_plain_files = path.is_dir() and any(path.iterdir())
        if not image.exists() and (not self.is_enforced or has_plain_files):
            path.mkdir(mode=0o770, exist_ok=True)
            self._give(path)
            return
        if not image.exists():
            self._make_image(image)
        path.mkdir(mode=0o770, exist_ok=True)
        self._mount(image, path)

    def _make_image(self, image: Path) -> None:
        """Make the file system beside its place and rename it there, so that a crash leaves no half of one."""
        partial = image.with_suffix(".partial")
        with partial.open("wb") as file:
            file.truncate((self.size_mb + OVERHEAD_MB) * MIB)
        _run(
            "mkfs.ext4", "-q", "-F", "-m", "0", "-b", str(BLOCK_BYTES), "-N", str(inodes(self.size_mb, self.files)),
            "-J", "size=4", "-O", "^resize_inode", "-E", f"root_owner={self.uid}:{self.gid}", str(partial),
        )  # fmt: skip
        partial.rename(image)

    def _mount(self, image: Path, path: Path) -> None:
        _run("mount", "-t", "ext4", "-o", "loop,nosuid,nodev,noatime,discard", str(image), str(path))
        with contextlib.suppress(OSError):
            (path / "lost+found").rmdir()
        if os.geteuid() == 0 and path.stat().st_uid != self.uid:
            self._give_all(path)

    def _give_all(self, path: Path) -> None:
        """Hand everything over: the kernels' user was another one when this was made (`userns_remap` was changed)."""
        self._give(path)
        for directory, names, files in os.walk(path):
            for name in (*names, *files):
                self._give(Path(directory, name))

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def give(self, path: Path) -> None:
        """Hand a file or directory that the server made in a workspace to the kernels' user; links aren't followed."""
        self._give(path)

    def usage(self, owner: UUID) -> Usage:
        """How full an open workspace is; a plain directory is counted file by file."""
        path = self.path_of(owner)
        limits = (self.size_mb * MIB, self.files)
        if os.path.ismount(path):
            stats = os.statvfs(path)
            used = (stats.f_blocks - stats.f_bfree) * stats.f_frsize
            room = stats.f_files - RESERVED_INODES
            return Usage(used, limits[0], room - stats.f_ffree, room)
        size = count = 0
        for directory, names, files in os.walk(path):
            count += len(names) + len(files)
            for name in files:
                with contextlib.suppress(OSError):
                    size += Path(directory, name).lstat().st_size
        return Usage(size, limits[0], count, limits[1])

    def is_full(self, owner: UUID) -> bool:
        """Whether next to nothing more fits into a workspace; one without a quota is never full."""
        path = self.path_of(owner)
        if not os.path.ismount(path):
            return False
        stats = os.statvfs(path)
        return stats.f_bavail * stats.f_frsize < FULL_BYTES or stats.f_ffree == 0

    async def close(self, owner: UUID) -> None:
        """Unmount a workspace that no kernel uses; its files stay."""
        await call_host(self.close_now, owner)

    def close_now(self, owner: UUID) -> None:
        """Like `close`, for callers outside of an event loop."""
        path = self.path_of(owner)
        with self._lock:
            if os.path.ismount(path):
                unmount(path)

    def owners(self) -> list[UUID]:
        """Whose workspaces are file systems of their own."""
        found = []
        for image in self.root.glob("*.ext4"):
            with contextlib.suppress(ValueError):
                found.append(UUID(image.stem))
        return found

    async def close_all(self) -> None:
        """Unmount every workspace; kernels that still run keep theirs until they end."""
        await call_host(self.close_all_now)

    def close_all_now(self) -> None:
        """Like `close_all`, for callers outside of an event loop."""
        for owner in self.owners():
            self.close_now(owner)

    async def delete(self, owner: UUID) -> None:
        """Delete a learner's files for ever."""
        if self.custody is not None:
            await self.custody.erase(owner)
        await call_host(self.delete_now, owner)

    def delete_now(self, owner: UUID) -> None:
        """Like `delete`, for callers outside of an event loop."""
        self.close_now(owner)
        self._image_of(owner).unlink(missing_ok=True)
        remove_quietly(self.path_of(owner))


def inodes(size_mb: int, files: int) -> int:
    """Return how many inodes a file system may have so that at most `files` files fit.

    Asked for another number, mkfs rounds it up to whole blocks of inodes in every group.
    """
    groups = math.ceil((size_mb + OVERHEAD_MB) * MIB / GROUP_BYTES)
    blocks = (files + RESERVED_INODES) // (groups * INODES_PER_BLOCK)
    return groups * INODES_PER_BLOCK * max(blocks, 1)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        log.error("command_failed", command=command[0], error=last)
        raise WorkspaceUnavailableError(f"{command[0]} failed: {last}")


def can_enforce() -> bool:
    """Whether this machine can mount file systems from files."""
    has_tools = shutil.which("mkfs.ext4") is not None and shutil.which("mount") is not None
    return os.geteuid() == 0 and has_tools and Path("/dev/loop-control").exists()
