"""Replies compressed: files once, replies as they are made, and nothing that brings credentials.

Where a build left a file in Brotli beside the file itself (``NAME.br``), browsers that take it get that.

A compressed reply that holds a secret beside what a stranger can put into the request gives the secret away by its
length (BREACH, CVE-2013-3587). So the routes that hand out tokens are left
alone; everywhere else the cookies are `SameSite`.
"""

import asyncio
import gzip
import mimetypes
import re
import stat
from functools import lru_cache
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import GZipContentEncoding, StaticFileHandler

from nexus_server.web.contract import API

#: files kept in memory compressed; JupyterLab and our bundles have some two hundred, two megabytes together
KEPT_FILES = 512
#: bytes; what is smaller fits into a packet as it is
MIN_BYTES = 1024
#: bytes of a reply that is compressed on the event loop: some milliseconds
MAX_BYTES = 256 * 1024
#: once per file and version, so the best is worth its time
FILE_LEVEL = 9

#: below it, replies carry tokens
CREDENTIALS = f"{API}/auth/"


class ReplyCompression(GZipContentEncoding):
    """Tornado's transform, for what may be compressed; it is made for each request."""

    #: of nine: a reply is made anew each time, and the event loop waits meanwhile
    GZIP_LEVEL = 4

    def __init__(self, request: HTTPServerRequest) -> None:
        """Look at what is asked for."""
        super().__init__(request)
        if CREDENTIALS in request.path or "Range" in request.headers:
            self._gzipping = False

    def transform_first_chunk(
        self,
        status_code: int,
        headers: HTTPHeaders,
        chunk: bytes,
        finishing: bool,  # noqa: FBT001  Tornado's signature
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Leave a large reply as it is: to compress sixteen megabytes takes half a second of everybody's time."""
        if len(chunk) > MAX_BYTES:
            self._gzipping = False
        return super().transform_first_chunk(status_code, headers, chunk, finishing)

    def _compressible_type(self, ctype: str) -> bool:
        # the chunks of an event stream are small, and each has to arrive at once
        return ctype != "text/event-stream" and super()._compressible_type(ctype)


class CompressedFiles(StaticFileHandler):
    """Mixed in before a handler of files for everybody: text goes out compressed, once and kept in memory."""

    _compressed: bytes | None = None
    _encoding: str = "gzip"

    @classmethod
    def get_content_version(cls, abspath: str) -> str:  # noqa: ARG003  Tornado's signature
        """Give files no tag: it would be one for every encoding, and the names of built files change with them."""
        return ""

    @allow_unauthenticated
    async def get(self, path: str, include_body: bool = True) -> None:  # noqa: FBT001, FBT002  Tornado's signature
        """Send a file."""
        self._compressed = await self._find_compressed(path)
        await super().get(path, include_body)

    @allow_unauthenticated
    async def head(self, path: str) -> None:
        """Send a file's headers."""
        await self.get(path, include_body=False)

    async def _find_compressed(self, path: str) -> bytes | None:
        headers = self.request.headers
        accepted = accepted_encodings(headers.get("Accept-Encoding", ""))
        if not accepted or "Range" in headers:
            return None
        file = Path(self.get_absolute_path(self.root, self.parse_url_path(path)) or "")
        if not is_text(file):
            return None
        if "br" in accepted:
            built = await asyncio.to_thread(built_brotli, file)
            if built is not None:
                self._encoding = "br"
                return built
        return await asyncio.to_thread(compressed, file) if "gzip" in accepted else None

    def set_headers(self) -> None:
        """Say what was done to the file."""
        super().set_headers()
        if self._compressed is not None:
            self.set_header("Content-Encoding", self._encoding)

    def get_content_size(self) -> int:
        """Return the bytes that are sent."""
        return super().get_content_size() if self._compressed is None else len(self._compressed)

    def get_content(self, abspath: str, start: int | None = None, end: int | None = None) -> Any:  # type: ignore[override]
        """Return what is sent."""
        return super().get_content(abspath, start, end) if self._compressed is None else self._compressed


def accepted_encodings(header: str) -> set[str]:
    """Return what a browser takes of what we have; a quality of zero means that it does not (RFC 9110, 12.5.3)."""
    accepted = set()
    for part in header.split(","):
        name, *options = (piece.strip().lower() for piece in part.split(";"))
        if name in {"br", "gzip"} and not any(re.fullmatch(r"q=0(\.0*)?", option) for option in options):
            accepted.add(name)
    return accepted


def is_text(file: Path) -> bool:
    """Whether compressing helps, by the file's name."""
    kind = mimetypes.guess_type(file.name)[0] or ""
    return kind.startswith("text/") or kind in GZipContentEncoding.CONTENT_TYPES


def compressed(file: Path) -> bytes | None:
    """Return a file in gzip; None for what is not there or too small to gain anything."""
    try:
        status = file.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_size < MIN_BYTES:
        return None
    return _compress(file, status.st_mtime_ns, status.st_size)


def built_brotli(file: Path) -> bytes | None:
    """Return what the build compressed of a file; None where it did not, or for another version of the file."""
    built = file.with_name(f"{file.name}.br")
    try:
        status, newest = built.stat(), file.stat()
    except OSError:
        return None
    if status.st_mtime_ns < newest.st_mtime_ns:
        return None
    return _read(built, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=KEPT_FILES)
def _read(file: Path, _modified_ns: int, _bytes: int) -> bytes:
    """Keep a small file in memory."""
    return file.read_bytes()


@lru_cache(maxsize=KEPT_FILES)
def _compress(file: Path, _modified_ns: int, _bytes: int) -> bytes:
    """Compress a file; its time and size make another one of a file that changed."""
    return gzip.compress(file.read_bytes(), FILE_LEVEL, mtime=0)
