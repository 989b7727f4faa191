"""Puts directories into an archive while others write to them, some with ill intent.

They are walked from open descriptors and no link is followed, so that nothing that a kernel swaps in meanwhile leads
outside. What is removed meanwhile is left out, and what shrinks is filled up: neither ends the archive. The file of a
mounted file system is copied while nobody writes to it, so that what is in the archive is one state of it.
"""

import errno
import os
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nexus_server.commands.freezing import held_still
from nexus_server.commands.sparse import add_regular, data_spans

#: levels of directories, and bytes of a path: a kernel can make more than a restore could
MAX_DEPTH = 100
MAX_PATH_BYTES = 3000
#: what the name of a file ends with whose file system is mounted on the directory of the same name
IMAGE = ".ext4"
#: bytes that are copied at a time
PIECE_BYTES = 1024 * 1024
#: opening so neither follows a link nor waits for a FIFO's other end
_LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
#: what opening says of something that is gone, or is a link or a socket by now
_NO_FILE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO}


@dataclass
class ArchiveReport:
    """Names of what is not in an archive as it should be."""

    #: lies too deep
    left_out: list[str] = field(default_factory=list)
    #: files of mounted file systems that could not be held still: what was written meanwhile may be half there
    unsteady: list[str] = field(default_factory=list)


def add_tree(archive: tarfile.TarFile, top: Path, name: str) -> ArchiveReport:
    """Add a file, or a directory with all files and directories in it, as `name`.

    A directory on which a file system of the same name (`<directory>.ext4`) is mounted is in the archive as that file.

    Raises:
        OSError: something may not be read, or the archive cannot be written.
    """
    report = ArchiveReport()
    with _opened(top) as descriptor:
        if descriptor is not None:
            _add(archive, descriptor, name, report)
    return report


def _add(archive: tarfile.TarFile, descriptor: int, name: str, report: ArchiveReport) -> None:
    """Add what is open, judged by its descriptor: its name may lead elsewhere by now."""
    status = os.fstat(descriptor)
    entry = tarfile.TarInfo(name)
    entry.mode, entry.mtime = stat.S_IMODE(status.st_mode), status.st_mtime
    entry.uid, entry.gid = status.st_uid, status.st_gid
    if stat.S_ISREG(status.st_mode):
        add_regular(archive, entry, descriptor)
    elif stat.S_ISDIR(status.st_mode):
        entry.type = tarfile.DIRTYPE
        archive.addfile(entry)
        _add_children(archive, descriptor, name, report)


def _add_children(archive: tarfile.TarFile, directory: int, name: str, report: ArchiveReport) -> None:
    with os.scandir(directory) as scan:
        names = sorted(item.name for item in scan)
    for each in names:
        path = f"{name}/{each}"
        if path.count("/") > MAX_DEPTH or len(os.fsencode(path)) > MAX_PATH_BYTES:
            report.left_out.append(path)
            continue
        with _opened(each, directory) as child:
            if child is None or (f"{each}{IMAGE}" in names and _is_mount(child, directory)):
                continue
            with _opened(each.removesuffix(IMAGE) if each.endswith(IMAGE) else None, directory) as mount:
                if mount is not None and _is_mount(mount, directory):
                    _add_image(archive, child, mount, path, report)
                else:
                    _add(archive, child, path, report)


def _is_mount(descriptor: int, directory: int) -> bool:
    return os.fstat(descriptor).st_dev != os.fstat(directory).st_dev


def _add_image(archive: tarfile.TarFile, image: int, mount: int, name: str, report: ArchiveReport) -> None:
    """Add the file of a mounted file system: copied first, because whoever writes to it waits meanwhile."""
    with tempfile.TemporaryFile() as copy:
        with held_still(mount) as hold:
            copy_sparse(image, copy.fileno())
            if not hold.release():
                report.unsteady.append(name)
        status = os.fstat(image)
        os.fchown(copy.fileno(), status.st_uid, status.st_gid)
        os.fchmod(copy.fileno(), stat.S_IMODE(status.st_mode))
        os.utime(copy.fileno(), (status.st_atime, status.st_mtime))
        _add(archive, copy.fileno(), name, report)


def copy_sparse(source: int, target: int) -> None:
    """Copy a file into an empty one, without its holes. Raises OSError."""
    size = os.fstat(source).st_size
    os.ftruncate(target, size)
    for start, length in data_spans(source, size):
        at, end = start, start + length
        while at < end and (piece := os.pread(source, min(PIECE_BYTES, end - at), at)):
            os.pwrite(target, piece, at)
            at += len(piece)


@contextmanager
def _opened(name: str | Path | None, directory: int | None = None) -> Iterator[int | None]:
    """Give a descriptor of what has this name, or None when that is gone, a link or a socket, or there is no name."""
    if name is None:
        yield None
        return
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
