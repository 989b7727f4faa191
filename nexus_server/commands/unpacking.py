"""Reads the archives that `nexus backup` writes, and trusts nothing in them.

An archive comes from somewhere else: a mail, a bucket, an old disk. Only regular files and directories at plain
relative paths are taken, all headers are judged before the first byte is written, and no link is ever made or followed.
What was a hole in a file, or is only NULs, takes no room on the disk.
"""

import gzip
import io
import math
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from nexus_server.commands.archiving import MAX_DEPTH, MAX_PATH_BYTES, PIECE_BYTES
from nexus_server.errors import InvalidError

#: entries of an archive; more are no site's
MAX_ENTRIES = 5_000_000
#: bytes that the archive's own bookkeeping may ask for at once
MAX_READ_BYTES = 4 * PIECE_BYTES
#: reads behind the end of the archive before it counts as cut off
MAX_EMPTY_READS = 16
#: what is written or skipped together; the block size of common file systems
BLOCK_BYTES = 4096
MAX_NAME_BYTES = 255
MIB = 1024 * 1024
#: what reading an archive raises that is none, or was cut short
_DAMAGED = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile)
#: what `tarfile` raises besides, of numbers and texts in headers
_ODD_HEADER = (ValueError, OverflowError, IndexError, TypeError)


class BadBackupError(InvalidError):
    """This is not a backup that can be restored."""

    code = "bad_backup"


class BackupTooLargeError(InvalidError):
    """This backup would take more room than a restore may use."""

    code = "backup_too_large"


class _Bounded(io.RawIOBase):
    """A stream that gives little at a time and ends for good: `tarfile` believes every length that a header states."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._empty_reads = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._source.tell()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._source.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= MAX_READ_BYTES:
            raise BadBackupError("This is not a backup: a header in it states an impossible length.")
        data = self._source.read(size)
        self._empty_reads = 0 if data or not size else self._empty_reads + 1
        if self._empty_reads > MAX_EMPTY_READS:
            raise EOFError
        return data


@dataclass(frozen=True)
class Contents:
    """An archive's entries, each judged."""

    #: by table
    rows: dict[str, tarfile.TarInfo] = field(default_factory=dict)
    #: files and directories of the data directory by their path in it, in the order of the archive
    data: dict[str, tarfile.TarInfo] = field(default_factory=dict)
    manifest: list[tarfile.TarInfo] = field(default_factory=list)


@contextmanager
def opened(file: Path) -> Iterator[tarfile.TarFile]:
    """Open an archive; whatever is wrong with its bytes is one error, here and as long as it is open.

    Raises:
        BadBackupError: it is no archive of ours.
    """
    try:
        with gzip.open(file, "rb") as raw, _open_tar(cast("IO[bytes]", raw)) as archive:
            yield archive
    except _DAMAGED as exc:
        raise BadBackupError(f"{file} is not a backup, or is damaged. Nothing was restored.") from exc


def _open_tar(raw: IO[bytes]) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=cast("IO[bytes]", _Bounded(raw)), mode="r:")
    except _ODD_HEADER as exc:
        raise BadBackupError("This is not a backup: its first header cannot be read.") from exc


def read_contents(archive: tarfile.TarFile, *, max_bytes: int, left_out: tuple[str, ...]) -> Contents:
    """Judge every header, and return the entries; nothing was written by then.

    Args:
        archive: what is read.
        max_bytes: what all files may have together, holes included.
        left_out: names at the top of a data directory that are in no backup.

    Raises:
        BadBackupError: an entry is of a kind, or at a place, that no backup has.
        BackupTooLargeError: the files state more bytes than `max_bytes`.
    """
    contents, total = Contents(), 0
    for entry in _entries(archive):
        _judge_kind(entry)
        total += entry.size
        if total > max_bytes:
            raise BackupTooLargeError(
                f"This backup unpacks to more than {max_bytes // MIB} MB (c.NexusSettings.max_restored_mb)."
            )
        _sort_in(contents, entry, left_out)
    _require_end(archive)
    if len(contents.manifest) != 1:
        raise BadBackupError("This is not a backup: it has no manifest.json.")
    return contents


def unpack(archive: tarfile.TarFile, contents: Contents, target: Path) -> None:
    """Write the data directory into `target`, which is empty.

    Raises:
        BackupTooLargeError: the disk has not the room.
        OSError: it cannot be written.
    """
    needed = sum(_stored(entry) for entry in contents.data.values())
    if needed > (free := shutil.disk_usage(target).free):
        raise BackupTooLargeError(f"This backup needs {needed // MIB} MB of disk; {free // MIB} MB are free.")
    for path, entry in contents.data.items():
        place = target / path
        if entry.isdir():
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(archive, entry, place)
    for path in reversed(contents.data):  # what is in a directory is there before its mode may forbid it
        _set_status(target / path, contents.data[path])


def _entries(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for _ in range(MAX_ENTRIES):
        try:
            entry = archive.next()
        except _ODD_HEADER as exc:
            raise BadBackupError("This is not a backup: a header in it cannot be read.") from exc
        if entry is None:
            return
        yield entry
    raise BadBackupError(f"This is not a backup: it has more than {MAX_ENTRIES} entries.")


def _require_end(archive: tarfile.TarFile) -> None:
    """Refuse an archive that just stops: `tarfile` takes a damaged header for its end.

    Reading on to the last byte also compares the checksum of the whole.
    """
    assert archive.fileobj is not None  # noqa: S101  it is open
    archive.fileobj.seek(archive.offset)
    filling = 0
    while piece := archive.fileobj.read(tarfile.RECORDSIZE):
        filling += len(piece)
        if any(piece) or filling > MAX_READ_BYTES:
            raise EOFError
    if not filling:
        raise EOFError


def _judge_kind(entry: tarfile.TarInfo) -> None:
    if entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE):
        raise BadBackupError(f"This is not a backup: {entry.name!r} is neither a file nor a directory.")
    if entry.size < 0 or (entry.isdir() and entry.size):
        raise BadBackupError(f"This is not a backup: {entry.name!r} states an impossible size.")
    if any(at < 0 or size < 0 or at + size > entry.size for at, size in _spans(entry) or ()):
        raise BadBackupError(f"This is not a backup: the holes of {entry.name!r} are impossible.")


def _sort_in(contents: Contents, entry: tarfile.TarInfo, left_out: tuple[str, ...]) -> None:
    parts = _parts(entry.name)
    if parts == ["manifest.json"] and entry.isfile():
        contents.manifest.append(entry)
    elif len(parts) == 2 and parts[0] == "rows" and parts[1].endswith(".jsonl") and entry.isfile():  # noqa: PLR2004
        if contents.rows.setdefault(parts[1].removesuffix(".jsonl"), entry) is not entry:
            raise BadBackupError(f"This is not a backup: {entry.name!r} is in it twice.")
    elif len(parts) > 1 and parts[0] == "data" and parts[1] not in left_out:
        _add_data(contents, "/".join(parts[1:]), entry)
    elif not (entry.isdir() and parts in (["data"], ["rows"])):
        raise BadBackupError(f"This is not a backup: no backup has {entry.name!r} in it.")


def _parts(name: str) -> list[str]:
    """Return the components of a plain relative path."""
    parts = name.split("/")
    is_plain = all(part not in ("", ".", "..") and "\0" not in part for part in parts)
    raw = os.fsencode(name)
    is_short = len(raw) <= MAX_PATH_BYTES and max(len(part) for part in raw.split(b"/")) <= MAX_NAME_BYTES
    if not is_plain or not is_short or len(parts) > MAX_DEPTH + 1:
        raise BadBackupError(f"This is not a backup: {name[:200]!r} is no path of one.")
    return parts


def _add_data(contents: Contents, path: str, entry: tarfile.TarInfo) -> None:
    """Add an entry whose path is free, and whose directories are no files."""
    parents = [path[:at] for at, sign in enumerate(path) if sign == "/"]
    if path in contents.data or any(contents.data[one].isfile() for one in parents if one in contents.data):
        raise BadBackupError(f"This is not a backup: {entry.name!r} is in it twice.")
    contents.data[path] = entry


def _spans(entry: tarfile.TarInfo) -> list[tuple[int, int]] | None:
    """Return offset and length of what a sparse file's entry stores; None for other files."""
    return cast("list[tuple[int, int]] | None", entry.sparse)


def _stored(entry: tarfile.TarInfo) -> int:
    spans = _spans(entry)
    return entry.size if spans is None else sum(size for _, size in spans)


def _write(archive: tarfile.TarFile, entry: tarfile.TarInfo, place: Path) -> None:
    source = archive.extractfile(entry)
    assert source is not None  # noqa: S101  it is a regular file
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as sink:
        os.truncate(descriptor, entry.size)
        at = 0
        while at < entry.size:
            piece = source.read(min(PIECE_BYTES, entry.size - at))
            if not piece:
                raise EOFError
            _write_piece(descriptor, piece, at)
            at += len(piece)
        sink.flush()


def _write_piece(descriptor: int, piece: bytes, at: int) -> None:
    """Write the blocks of a piece that hold something; the others stay holes."""
    if not any(piece):
        return
    for start in range(0, len(piece), BLOCK_BYTES):
        block = piece[start : start + BLOCK_BYTES]
        if any(block):
            os.pwrite(descriptor, block, at + start)


def _set_status(place: Path, entry: tarfile.TarInfo) -> None:
    """Give the permissions and the time, but neither an owner nor a right to run as one."""
    own = 0o700 if entry.isdir() else 0o600
    place.chmod(entry.mode & 0o777 | own)
    if math.isfinite(entry.mtime) and 0 <= entry.mtime < 2**40:
        os.utime(place, (entry.mtime, entry.mtime))
