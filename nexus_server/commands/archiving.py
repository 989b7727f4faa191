"""Puts directories into an archive while others write to them, some with ill intent.

They are walked from open descriptors and no link is followed, so that nothing that a kernel swaps in meanwhile leads
outside. What is removed meanwhile is left out, and what shrinks is filled up: neither ends the archive.
"""

import errno
import os
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

#: levels of directories, and bytes of a path: a kernel can make more than a restore could
MAX_DEPTH = 100
MAX_PATH_BYTES = 3000
#: opening so neither follows a link nor waits for a FIFO's other end
_LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
#: what opening says of something that is gone, or is a link or a socket by now
_NO_FILE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO}


class _Steady:
    """A file with as many bytes as were announced, whatever becomes of it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source

    def read(self, length: int) -> bytes:
        """Return `length` bytes; NULs where there are none any more."""
        return self._source.read(length).ljust(length, b"\0")


def add_tree(archive: tarfile.TarFile, top: Path, name: str) -> list[str]:
    """Add a file, or a directory with all files and directories in it, as `name`; return what lies too deep in it.

    A directory on which a file system of the same name (`<directory>.ext4`) is mounted is in the archive as that file.

    Raises:
        OSError: something may not be read, or the archive cannot be written.
    """
    left_out: list[str] = []
    with _opened(top) as descriptor:
        if descriptor is not None:
            _add(archive, descriptor, name, left_out)
    return left_out


def _add(archive: tarfile.TarFile, descriptor: int, name: str, left_out: list[str]) -> None:
    """Add what is open, judged by its descriptor: its name may lead elsewhere by now."""
    status = os.fstat(descriptor)
    entry = tarfile.TarInfo(name)
    entry.mode, entry.mtime = stat.S_IMODE(status.st_mode), status.st_mtime
    entry.uid, entry.gid = status.st_uid, status.st_gid
    if stat.S_ISREG(status.st_mode):
        entry.size = status.st_size
        with open(descriptor, "rb", closefd=False) as source:
            archive.addfile(entry, cast("IO[bytes]", _Steady(source)))
    elif stat.S_ISDIR(status.st_mode):
        entry.type = tarfile.DIRTYPE
        archive.addfile(entry)
        _add_children(archive, descriptor, name, left_out)


def _add_children(archive: tarfile.TarFile, directory: int, name: str, left_out: list[str]) -> None:
    with os.scandir(directory) as scan:
        names = sorted(item.name for item in scan)
    for each in names:
        path = f"{name}/{each}"
        if path.count("/") > MAX_DEPTH or len(os.fsencode(path)) > MAX_PATH_BYTES:
            left_out.append(path)
            continue
        with _opened(each, directory) as child:
            is_mounted = child is not None and os.fstat(child).st_dev != os.fstat(directory).st_dev
            if child is not None and not (is_mounted and f"{each}.ext4" in names):
                _add(archive, child, path, left_out)


@contextmanager
def _opened(name: str | Path, directory: int | None = None) -> Iterator[int | None]:
    """Give a descriptor of what has this name, or None when that is gone, a link or a socket."""
    try:
        descriptor = os.open(name, _LOOK, dir_fd=directory)
    except OSError as error:
        if error.errno not in _NO_FILE:
            raise
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)
