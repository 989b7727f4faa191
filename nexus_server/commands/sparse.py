"""Files with holes in archives: only what is not a hole is stored, in GNU tar's sparse format 1.0.

``tar --extract --sparse`` and Python's `tarfile` read it. An entry's data are a list of numbers (how many spans; offset
and length of each), filled up to a block, and then the spans themselves.
"""

import errno
import os
import tarfile
from collections.abc import Iterator
from typing import IO, cast

#: an archive's header keeps the length of what is stored in eleven octal digits
MAX_STORED_BYTES = 8**11 - 1

Span = tuple[int, int]


def data_spans(descriptor: int, size: int) -> Iterator[Span]:
    """Yield offset and length of each part of an open file that is not a hole. Raises OSError."""
    at = 0
    while at < size:
        try:
            at = os.lseek(descriptor, at, os.SEEK_DATA)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            return  # only a hole is left
        end = min(os.lseek(descriptor, at, os.SEEK_HOLE), size)
        if end > at:
            yield at, end - at
        at = max(end, at + 1)


def add_regular(archive: tarfile.TarFile, entry: tarfile.TarInfo, descriptor: int) -> None:
    """Add an open regular file as `entry`, which has its name and status already; it may change meanwhile."""
    status = os.fstat(descriptor)
    entry.size = status.st_size
    if status.st_blocks * 512 < status.st_size:
        # GNU tar takes the end of the last span for the file's size.
        spans = [*data_spans(descriptor, status.st_size), (status.st_size, 0)]
        listing = _listing(spans)
        stored = len(listing) + sum(length for _, length in spans)
        if stored < min(status.st_size, MAX_STORED_BYTES):
            entry.pax_headers = {
                "GNU.sparse.major": "1",
                "GNU.sparse.minor": "0",
                "GNU.sparse.name": entry.name,
                "GNU.sparse.realsize": str(status.st_size),
            }
            entry.size = stored
            archive.addfile(entry, cast("IO[bytes]", _Spans(descriptor, listing, spans)))
            return
    archive.addfile(entry, cast("IO[bytes]", _Spans(descriptor, b"", [(0, status.st_size)])))


def _listing(spans: list[Span]) -> bytes:
    numbers = [len(spans), *(number for span in spans for number in span)]
    text = "".join(f"{number}\n" for number in numbers).encode()
    return text + b"\0" * (-len(text) % tarfile.BLOCKSIZE)


class _Spans:
    """As many bytes as were announced, whatever becomes of the file: NULs where there are none any more."""

    def __init__(self, descriptor: int, listing: bytes, spans: list[Span]) -> None:
        self._descriptor = descriptor
        self._head = listing
        self._spans = [span for span in reversed(spans) if span[1]]

    def read(self, length: int) -> bytes:
        """Return the next `length` bytes, across the borders of spans."""
        data = bytearray(self._head[:length])
        self._head = self._head[length:]
        while len(data) < length and self._spans:
            at, left = self._spans.pop()
            part = os.pread(self._descriptor, min(left, length - len(data)), at)
            part = part or bytes(min(left, length - len(data)))
            data += part
            if left > len(part):
                self._spans.append((at + len(part), left - len(part)))
        return bytes(data).ljust(length, b"\0")
