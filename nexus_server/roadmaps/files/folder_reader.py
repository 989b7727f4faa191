"""Reading the files of one roadmap's folder, and nothing outside it."""

import hashlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from nexus_server.files.links import is_file, resolved
from nexus_server.roadmaps.files.problem import ContentError, Problem

#: larger than any file that is read whole, notebooks with pictures included
MAX_FILE_BYTES = 20_000_000


def digest(parts: Iterable[str | bytes]) -> str:
    """Return the SHA-256 of the parts, in which their borders count."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        sha.update(len(data).to_bytes(8, "big"))
        sha.update(data)
    return sha.hexdigest()


class FolderReader:
    """Reads files of one roadmap's folder, and never anything outside it."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the roadmap's."""
        self.folder = folder

    def name_of(self, path: str) -> str:
        """Return the name by which problems and the database know a file: relative to the content directory."""
        return f"{self.folder.name}/{path}"

    def locate(self, path: str, named_in: str, line: int) -> Path:
        """Return where the file is.

        Raises:
            ContentError: it isn't there, or isn't inside the folder.
        """
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts:
            raise ContentError([Problem(named_in, line, f"{path!r} leads out of the roadmap's folder")])
        found = resolved(self.folder / pure)
        if not is_file(found):
            raise ContentError([Problem(named_in, line, f"there is no file {path!r}")])
        if not found.is_relative_to(resolved(self.folder)):
            raise ContentError([Problem(named_in, line, f"{path!r} leads out of the roadmap's folder")])
        return found

    def read_bytes(self, path: str, named_in: str, line: int) -> bytes:
        """Return a file's bytes.

        Raises:
            ContentError: see `locate`; also when it is too large, or went while it was looked at.
        """
        found = self.locate(path, named_in, line)
        try:
            if found.stat().st_size > MAX_FILE_BYTES:
                raise ContentError([Problem(self.name_of(path), 1, f"larger than {MAX_FILE_BYTES // 1_000_000} MB")])
            return found.read_bytes()
        except OSError as error:
            raise ContentError([Problem(self.name_of(path), 1, f"cannot be read: {error.strerror}")]) from error

    def read_text(self, path: str, named_in: str, line: int) -> str:
        """Return a file's text.

        Raises:
            ContentError: see `read_bytes`; also when it is not UTF-8.
        """
        data = self.read_bytes(path, named_in, line)
        try:
            return data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            at = data[: error.start].count(b"\n") + 1
            raise ContentError([Problem(self.name_of(path), at, "not UTF-8")]) from None
