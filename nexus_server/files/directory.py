"""File operations confined beneath one directory that somebody hostile can write to at the same time.

Every path is walked one component at a time from an open descriptor of the root, never following a symbolic link, so
that nothing a student swaps in between two system calls can lead outside. What is opened is judged through its
descriptor, not by name. Only directories and regular files exist for the outside; sockets, FIFOs, devices and links do
not.

Everything here blocks: call it in a thread.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from nexus_server.errors import NexusError
from nexus_server.files.entry import Entry, entry_of, require_own_file
from nexus_server.files.errors import BadPathError, FileExistsHereError, FileTooLargeError, NoSuchFileError, translated
from nexus_server.files.paths import is_clean, join, split, split_name
from nexus_server.files.removal import PARTIAL_PREFIX, remove_tree
from nexus_server.phrases import phrase

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: opening so has no effect on FIFOs and devices
_LOOK_ONLY = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class ConfinedDirectory:
    """A directory whose inside can be read and written, and whose outside cannot be reached."""

    def __init__(
        self,
        root: Path,
        *,
        max_file_bytes: int,
        max_entries: int = 5000,
        writing: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """`max_entries` bounds a listing; files larger than `max_file_bytes` are neither read nor written.

        Each change is made within `writing`, which may refuse it.
        """
        self._writing = writing
        self._root = root
        self._max_file_bytes = max_file_bytes
        self._max_entries = max_entries

    def find(self, path: str) -> Entry | None:
        """Return what is at `path`, or None."""
        try:
            return self.get(path)
        except NoSuchFileError:
            return None

    def get(self, path: str) -> Entry:
        """Return what is at `path`.

        Raises:
            NoSuchFileError: nothing, or something that is neither a file nor a directory.
        """
        with self._look(split(path)) as (descriptor, root):
            return entry_of(join(split(path)), os.fstat(descriptor), root)

    def scan(self, path: str) -> list[Entry]:
        """Return what is in the directory at `path`, hidden entries too, sorted by name.

        Raises:
            NoSuchFileError: there is no such directory.
        """
        return self._scan(path, self._max_entries)

    def _scan(self, path: str, most: int) -> list[Entry]:
        parts = split(path)
        entries: list[Entry] = []
        with self._open_directory(parts) as (directory, root), os.scandir(directory) as scan:
            for item in scan:
                if len(entries) >= most:
                    break
                if item.name.startswith(PARTIAL_PREFIX) or not is_clean(item.name):
                    continue  # no path of ours could name it
                with suppress(OSError, NoSuchFileError):
                    entries.append(entry_of(join([*parts, item.name]), item.stat(follow_symlinks=False), root))
        return sorted(entries, key=lambda entry: entry.name)

    def read(self, path: str, *, max_bytes: int | None = None) -> tuple[Entry, bytes]:
        """Return the file at `path` and its bytes, of which there may be `max_bytes` (default: what may be written).

        Raises:
            NoSuchFileError: there is no such file.
            FileTooLargeError: it has more than the allowed bytes.
        """
        limit = self._max_file_bytes if max_bytes is None else max_bytes
        with self._look(split(path)) as (descriptor, root):
            entry = entry_of(join(split(path)), os.fstat(descriptor), root)
            if entry.is_directory:
                raise NoSuchFileError("This is a directory, not a file.")
            # Opening through /proc reaches the very inode that was examined, whatever its name leads to by now.
            with open(f"/proc/self/fd/{descriptor}", "rb") as source:  # noqa: PTH123  a descriptor
                data = source.read(limit + 1)
        if len(data) > limit:
            raise FileTooLargeError(max_bytes=limit)
        return entry, data

    def write(self, path: str, data: bytes, *, modified: datetime | None = None) -> None:
        """Put `data` at `path` in one step: readers see the old file or the new one, and a crash leaves either.

        The file counts as changed at `modified`, else now.

        Raises:
            NoSuchFileError: the parent directory does not exist.
            FileExistsHereError: a directory, or something that is not a file, has this name.
            FileTooLargeError, StorageFullError: there is no room for it.
        """
        if len(data) > self._max_file_bytes:
            raise FileTooLargeError(max_bytes=self._max_file_bytes)
        parent, name = split_name(path)
        with self._writing(), self._open_directory(parent) as (directory, root):
            mode = _mode_to_keep(name, directory)
            partial = f"{PARTIAL_PREFIX}{uuid4().hex}"
            try:
                _create(partial, directory, root, mode, data)
                if modified is not None:
                    os.utime(partial, (modified.timestamp(), modified.timestamp()), dir_fd=directory)
                os.rename(partial, name, src_dir_fd=directory, dst_dir_fd=directory)
            finally:
                with suppress(FileNotFoundError):  # it has its final name by now, unless something failed
                    os.unlink(partial, dir_fd=directory)

    def append(self, path: str, data: bytes) -> None:
        """Add `data` to the end of an existing file: the next piece of an upload.

        Raises:
            NoSuchFileError: there is no such file.
            FileTooLargeError, StorageFullError: there is no room for it.
        """
        with self._writing(), self._look(split(path)) as (descriptor, root):
            status = os.fstat(descriptor)
            require_own_file(status, root)
            if status.st_size + len(data) > self._max_file_bytes:
                raise FileTooLargeError(max_bytes=self._max_file_bytes)
            with open(f"/proc/self/fd/{descriptor}", "ab") as sink:  # noqa: PTH123  a descriptor
                sink.write(data)

    def make_directory(self, path: str, *, exist_ok: bool = False) -> None:
        """Create the directory at `path`; its parent exists already.

        Raises:
            NoSuchFileError: the parent directory does not exist.
            FileExistsHereError: something has this name, and it is not a directory or `exist_ok` is not set.
        """
        parent, name = split_name(path)
        with self._writing(), self._open_directory(parent) as (directory, root):
            try:
                os.mkdir(name, 0o755, dir_fd=directory)
            except FileExistsError:
                status = _lstat(name, directory)
                if not (exist_ok and status is not None and stat.S_ISDIR(status.st_mode)):
                    raise
                return
            if os.geteuid() == 0:
                os.chown(name, root.st_uid, root.st_gid, dir_fd=directory, follow_symlinks=False)

    def make_directories(self, path: str) -> None:
        """Create the directory at `path` and whatever is missing above it."""
        parts = split(path)
        for depth in range(1, len(parts) + 1):
            self.make_directory(join(parts[:depth]), exist_ok=True)

    def rename(self, old: str, new: str) -> None:
        """Move the file or directory `old` to `new`.

        Raises:
            NoSuchFileError: `old`, or the parent of `new`, does not exist.
            FileExistsHereError: `new` does.
        """
        self.get(old)
        (old_parent, old_name), (new_parent, new_name) = split_name(old), split_name(new)
        with (
            self._writing(),
            self._open_directory(old_parent) as (source, _),
            self._open_directory(new_parent) as (target, _),
        ):
            if _lstat(new_name, target) is not None:
                raise FileExistsHereError
            os.rename(old_name, new_name, src_dir_fd=source, dst_dir_fd=target)

    def copy_directory(self, old: str, new: str, *, max_entries: int) -> None:
        """Copy the directory `old` with everything visible in it to `new`, which does not exist yet.

        Directories above `new` are made. Nothing is left of a copy that fails.

        Raises:
            NoSuchFileError: `old` does not exist.
            FileExistsHereError: `new` does.
            BadPathError: `new` is inside `old`.
            FileTooLargeError, StorageFullError: there is no room for it, or it has over `max_entries` entries, hidden
                ones too.
        """
        if split(new)[: len(split(old))] == split(old):
            raise BadPathError("A folder cannot be copied into itself.")
        self.get(old)
        self.make_directories(join(split(new)[:-1]))
        self.make_directory(new)
        try:
            self._copy_into(join(split(old)), join(split(new)), max_entries)
        except Exception:  # of whatever kind: half a copy is none
            with suppress(NexusError):
                self.remove(new)
            raise

    def _copy_into(self, old: str, new: str, max_entries: int) -> None:
        left, pending = max_entries, [(old, new)]
        while pending:
            source, target = pending.pop()
            for entry in self._scan(source, left + 1):
                left -= 1
                if left < 0:
                    raise FileTooLargeError(
                        phrase("This folder has over {count} files.", count=max_entries), max_entries=max_entries
                    )
                place = f"{target}/{entry.name}"
                if entry.is_hidden:
                    continue
                if entry.is_directory:
                    self.make_directory(place)
                    pending.append((entry.path, place))
                else:
                    self.write(place, self.read(entry.path)[1])

    def remove(self, path: str) -> None:
        """Remove the file, or the directory and everything in it.

        Raises:
            NoSuchFileError: there is nothing at `path`.
        """
        parent, name = split_name(path)
        with self._writing(), self._open_directory(parent) as (directory, _):
            status = os.stat(name, dir_fd=directory, follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                remove_tree(name, directory)
            else:
                os.unlink(name, dir_fd=directory)

    @contextmanager
    def _look(self, parts: list[str]) -> Iterator[tuple[int, os.stat_result]]:
        """Give a descriptor of whatever has this name, good for looking only, and the root's status."""
        with self._open_directory(parts[:-1]) as (directory, root):
            descriptor = os.open(parts[-1] if parts else ".", _LOOK_ONLY, dir_fd=directory)
            try:
                yield descriptor, root
            finally:
                os.close(descriptor)

    @contextmanager
    def _open_directory(self, parts: list[str]) -> Iterator[tuple[int, os.stat_result]]:
        """Give an open directory beneath the root, and the root's status; translate what goes wrong inside."""
        with translated():
            descriptor = os.open(self._root, _DIRECTORY)
            try:
                root = os.fstat(descriptor)
                for part in parts:
                    below = os.open(part, _DIRECTORY, dir_fd=descriptor)
                    os.close(descriptor)
                    descriptor = below
                yield descriptor, root
            finally:
                os.close(descriptor)


def _create(name: str, directory: int, root: os.stat_result, mode: int, data: bytes) -> None:
    """Write a new file that belongs to whom the root belongs (the kernel runs as that user, the server as root)."""
    descriptor = os.open(name, _CREATE, mode, dir_fd=directory)
    with os.fdopen(descriptor, "wb") as sink:
        if os.geteuid() == 0:
            os.fchown(descriptor, root.st_uid, root.st_gid)
        sink.write(data)
        sink.flush()
        os.fsync(descriptor)


def _mode_to_keep(name: str, directory: int) -> int:
    status = _lstat(name, directory)
    if status is None:
        return 0o644
    if not stat.S_ISREG(status.st_mode):
        raise FileExistsHereError("Something that is not a file has this name.")
    return stat.S_IMODE(status.st_mode) & 0o777 | stat.S_IRUSR | stat.S_IWUSR


def _lstat(name: str, directory: int) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None
