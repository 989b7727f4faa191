"""A roadmap's files as a tree: read from a folder or a workspace, compared, and written back.

A tree maps each file's path, relative to the roadmap's folder, to its bytes. A fingerprint maps it to their SHA-256.
What systems and programs leave behind is in no tree.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TypeVar
from uuid import uuid4

from nexus_server.authoring.errors import DraftTooLargeError
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.names import is_nobodys
from nexus_server.roadmaps.files.loader import ROADMAP_FILE

T = TypeVar("T", bytes, str)

Tree = Mapping[str, bytes]


class ChangeKind(StrEnum):
    """How a file differs between two trees."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TreeLimits:
    """What a tree may have."""

    max_files: int
    max_bytes: int


def fingerprint(tree: Tree) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    return {path: hashlib.sha256(data).hexdigest() for path, data in tree.items()}


def changes(before: Mapping[str, T], after: Mapping[str, T]) -> dict[str, ChangeKind]:
    """Return which files of two trees, or of two fingerprints, differ and how, sorted by path."""
    found = {}
    for path in sorted(before.keys() | after.keys()):
        if path not in before:
            found[path] = ChangeKind.ADDED
        elif path not in after:
            found[path] = ChangeKind.REMOVED
        elif before[path] != after[path]:
            found[path] = ChangeKind.CHANGED
    return found


def read_folder(folder: Path) -> dict[str, bytes]:
    """Read a roadmap's folder of the site; a folder that is not there is empty."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    relative = {path.relative_to(folder): path for path in paths}
    return {name.as_posix(): path.read_bytes() for name, path in relative.items() if not is_nobodys(name)}


def read_workspace(files: ConfinedDirectory, folder: str, limits: TreeLimits) -> dict[str, bytes]:
    """Read a draft's folder in a workspace.

    Raises:
        NoSuchFileError: there is no such folder.
        DraftTooLargeError: it has more than `limits` allow.
    """
    tree: dict[str, bytes] = {}
    left = limits.max_bytes
    for path in _paths(files, folder):
        if len(tree) == limits.max_files:
            raise DraftTooLargeError(max_files=limits.max_files)
        _, data = files.read(path)
        left -= len(data)
        if left < 0:
            raise DraftTooLargeError(max_bytes=limits.max_bytes)
        tree[path.removeprefix(f"{folder}/")] = data
    return tree


def _paths(files: ConfinedDirectory, folder: str) -> Iterator[str]:
    for entry in files.scan(folder):
        if is_nobodys(PurePosixPath(entry.name)):
            continue
        if entry.is_directory:
            yield from _paths(files, entry.path)
        else:
            yield entry.path


def write_workspace(files: ConfinedDirectory, folder: str, tree: Tree) -> None:
    """Put a tree into a workspace's folder, which is made.

    Raises:
        FileTooLargeError, StorageFullError: there is no room for it.
    """
    files.make_directories(folder)
    for path, data in tree.items():
        target = f"{folder}/{path}"
        files.make_directories(target.rpartition("/")[0])
        files.write(target, data)


def write_folder(folder: Path, tree: Tree) -> None:
    """Bring a folder of the site in line with a tree.

    Only what differs is touched, and each file changes in one step: whoever reads meanwhile finds every file that is in
    both. `roadmap.yaml` comes after all that it names, and what it names no more goes last.
    """
    before = read_folder(folder)
    different = changes(before, tree)
    for path in sorted(different, key=lambda path: (path == ROADMAP_FILE, path)):
        if path in tree:
            _replace(folder / path, tree[path])
    for path, kind in different.items():
        if kind is ChangeKind.REMOVED:
            (folder / path).unlink()
            _remove_empty(folder, (folder / path).parent)


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid4().hex[:8]}")  # hidden files are nobody's
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _remove_empty(folder: Path, parent: Path) -> None:
    while parent != folder and not any(parent.iterdir()):
        parent.rmdir()
        parent = parent.parent
