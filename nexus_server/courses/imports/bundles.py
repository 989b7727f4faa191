"""The files of an import: one file, or what is in an archive, within limits whatever the archive says of itself."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from nexus_server.courses.imports.companions import Bundle
from nexus_server.courses.imports.errors import ImportTooLargeError, UnreadableImportError
from nexus_server.files.names import composed, is_nobodys

MAX_FILES = 500
#: unpacked, all files together
MAX_BYTES = 32 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_CHUNK = 64 * 1024


def bundle_of(name: str, data: bytes) -> Bundle:
    """Return the files of an upload: those in it where it is a zip archive, else itself.

    Raises:
        UnreadableImportError: the archive is broken, encrypted, or has names that lead out of it.
        ImportTooLargeError: it holds more than an import may have.
    """
    if len(data) > MAX_BYTES:
        raise ImportTooLargeError(f"{name} is over {MAX_BYTES // (1024 * 1024)} MB.", max_bytes=MAX_BYTES)
    if not data.startswith(_ZIP):
        return {PurePosixPath(name).name: data}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return dict(_unpacked(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OSError) as error:
        raise UnreadableImportError(f"{name}: the archive is broken, or packed in a way that is not read.") from error


def _unpacked(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise ImportTooLargeError(f"The archive has over {MAX_FILES} files.", max_files=MAX_FILES)
    room = MAX_BYTES
    for entry in entries:
        path = PurePosixPath(composed(entry.filename.replace("\\", "/")))
        if path.is_absolute() or ".." in path.parts:
            raise UnreadableImportError(f"The archive has a file whose name leads out of it: {path}.")
        if is_nobodys(path):
            continue
        data = _bounded(archive, entry, room)
        room -= len(data)
        yield path.as_posix(), data


def _bounded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """Unpack a file as far as there is room for it: what its header says of its size counts for nothing."""
    parts: list[bytes] = []
    with archive.open(entry) as file:
        while chunk := file.read(_CHUNK):
            room -= len(chunk)
            if room < 0:
                text = f"The archive unpacks to over {MAX_BYTES // (1024 * 1024)} MB."
                raise ImportTooLargeError(text, max_bytes=MAX_BYTES)
            parts.append(chunk)
    return b"".join(parts)


def folder_bundle(folder: Path) -> Bundle:
    """Return the files of a folder on this machine; links are not followed.

    Raises:
        ImportTooLargeError: it holds more than an import may have.
    """
    found: dict[str, bytes] = {}
    room = MAX_BYTES
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_symlink() or not path.is_file() or is_nobodys(name):
            continue
        room -= path.stat().st_size
        if room < 0 or len(found) == MAX_FILES:
            text = f"{folder}: over {MAX_FILES} files, or over {MAX_BYTES // (1024 * 1024)} MB."
            raise ImportTooLargeError(text, max_files=MAX_FILES, max_bytes=MAX_BYTES)
        found[composed(name.as_posix())] = path.read_bytes()
    return found
