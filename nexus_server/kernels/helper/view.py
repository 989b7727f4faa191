"""What the server sees of the disk: a mount namespace of its own, in which it reaches what it was started with.

Root may start a server from places that no other user can enter: an interpreter below ``/root``, a data directory below
``/tmp/x`` of mode 0700. Where a directory on the way to something that the server needs is closed to its user, an empty
one stands in its place, with just that in it. What root named as the server's input and kept for itself is shown to the
server as its own, read-only (`mount_views.py`). Nothing changes for anybody else, nor on disk.
"""

import ctypes
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nexus_server.kernels.helper.server_user import ServerUser
from nexus_server.kernels.storage import mounts
from nexus_server.kernels.storage.mount_views import ViewOptions, attach, detached

CLONE_NEWNS = 0x20000


@dataclass(frozen=True, slots=True)
class Needed:
    """Something on disk that the server needs."""

    path: Path
    #: whether it is the server's own already, and to be written
    is_own: bool = False
    #: whether the server may write into it, although all in it stays root's
    is_output: bool = False


def closed_ancestor(path: Path, user: ServerUser) -> Path | None:
    """Return the first directory on the way to `path` that the user may not pass through; None when it is reached."""
    for ancestor in reversed(path.parents):
        if not may(ancestor, user, 0o1):
            return ancestor
    return None


def may(path: Path, user: ServerUser, bits: int) -> bool:
    """Whether the user has these rights (4 read, 2 write, 1 pass) by the mode of what stands at `path`."""
    status = path.stat()
    shift = 6 if status.st_uid == user.uid else 3 if status.st_gid == user.gid else 0
    return (status.st_mode >> shift) & bits == bits


def can_read(path: Path, user: ServerUser) -> bool:
    """Whether the user may read a file, or list and enter a directory, once it is reached."""
    return may(path, user, 0o5 if path.is_dir() else 0o4)


def enter(needed: Iterable[Needed], user: ServerUser) -> None:
    """Move this process into a namespace of its own in which `user` reaches what is needed.

    Mounts that are made outside later are still seen.

    Raises:
        OSError: not root, or the system cannot.
    """
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    mounts.receive_only(Path("/"))
    trees: list[tuple[Path, int]] = []
    closed: set[Path] = set()
    for item in _resolved(needed):
        ancestor = closed_ancestor(item.path, user)
        if ancestor is not None or item.is_output or not (item.is_own or can_read(item.path, user)):
            trees.append((item.path, _tree(item, user)))
        if ancestor is not None:
            closed.add(ancestor)
    kinds = {path: path.is_dir() for path, _ in trees}
    for directory in sorted(closed):
        mounts.mount_tmpfs(directory, "mode=711,size=1m")
    for path, tree in trees:
        _put(path, tree, is_directory=kinds[path])


def _resolved(needed: Iterable[Needed]) -> list[Needed]:
    """Return what exists of it, without links on the way, each once, the outer before the inner."""
    found: dict[Path, Needed] = {}
    for item in needed:
        with suppress(OSError, RuntimeError):
            path = item.path.resolve(strict=True)
            if stat.S_ISDIR(path.stat().st_mode) or stat.S_ISREG(path.stat().st_mode):
                known = found.get(path, item)
                is_own, is_output = item.is_own or known.is_own, item.is_output or known.is_output
                found[path] = Needed(path, is_own=is_own, is_output=is_output)
    return [found[path] for path in sorted(found)]


def _tree(item: Needed, user: ServerUser) -> int:
    """Return a detached view of it: as it is when the user may read it so, else as the user's own."""
    descriptor = os.open(item.path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if not item.is_output and (item.is_own or can_read(item.path, user)):
            return detached(
                descriptor, ViewOptions(is_read_only=not item.is_own, is_executable=True, is_recursive=True)
            )
        shown = ((0, user.uid),), ((0, user.gid),)
        options = ViewOptions(is_read_only=not item.is_output, users=shown[0], groups=shown[1])
        return detached(descriptor, options)
    finally:
        os.close(descriptor)


def _put(path: Path, tree: int, *, is_directory: bool) -> None:
    """Attach a tree at its path, where something may stand or not."""
    if not path.exists():
        path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        if is_directory:
            path.mkdir(mode=0o711)
        else:
            path.touch()
    target = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        attach(tree, target)
    finally:
        os.close(target)
        os.close(tree)
