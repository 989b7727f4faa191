"""Removing a hostile directory tree: however deep it is, at most two directories are open and nothing recurses."""

import errno
import os
from contextlib import suppress
from itertools import count
from pathlib import Path
from uuid import uuid4

#: names of what is being written or removed, never listed
PARTIAL_PREFIX = ".nexus-partial-"

#: what a full disk, a full quota or a directory that can hold no more names says
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMLINK})

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove_tree(name: str, directory: int) -> None:
    """Remove the directory `name` in the open `directory` with all its content, never following a link.

    Each level's sub-directories are moved up beside their parent first, so the tree is flat when it is removed. Where
    the file system has no room for that, the tree is removed piece by piece in its place until it has.

    Raises:
        OSError: something cannot be removed; what is left has a hidden name, or is where it was.
    """
    while not _remove_flat(name, directory):
        if _remove_leaf(name, directory):
            return


def _remove_flat(name: str, directory: int) -> bool:
    """Remove a tree by way of a directory beside it; False when there was no room for that."""
    trash = f"{PARTIAL_PREFIX}{uuid4().hex}"
    try:
        os.mkdir(trash, 0o700, dir_fd=directory)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        return False
    trash_fd = os.open(trash, _DIRECTORY, dir_fd=directory)
    try:
        numbers = count()
        if not _move(name, first := str(next(numbers)), directory, trash_fd):
            return False
        _remove_all([first], trash_fd, numbers)
    finally:
        os.close(trash_fd)
        with suppress(OSError):  # what could not be removed is still in it
            os.rmdir(trash, dir_fd=directory)
    return True


def _remove_all(pending: list[str], trash: int, numbers: "count[int]") -> None:
    """Remove the directories of these names in `trash`, and whatever of them is moved there meanwhile."""
    while pending:
        current = pending.pop()
        moved, is_empty = _empty(current, trash, numbers)
        if is_empty:
            os.rmdir(current, dir_fd=trash)
        else:  # what was moved goes first and makes room; where nothing could be moved, a leaf does
            if not moved and _remove_leaf(current, trash):
                continue
            pending.append(current)
        pending += moved


def _move(name: str, target: str, source: int, trash: int) -> bool:
    """Move a directory into `trash`; False when that has no room for its name."""
    try:
        os.rename(name, target, src_dir_fd=source, dst_dir_fd=trash)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        return False
    return True


def _remove_leaf(name: str, directory: int) -> bool:
    """Remove the files on the way to one directory that holds none, then that one; whether it was `name` itself."""
    parent, at, depth = os.dup(directory), name, 0
    try:
        while True:
            child = os.open(at, _DIRECTORY, dir_fd=parent)
            try:
                below = _unlink_files(child)
            except BaseException:  # raised again; whatever it is, the descriptor must not stay open
                os.close(child)
                raise
            if not below:
                os.close(child)
                os.rmdir(at, dir_fd=parent)
                return depth == 0
            os.close(parent)
            parent, at, depth = child, below[0], depth + 1
    finally:
        os.close(parent)


def remove_quietly(path: Path) -> None:
    """Remove a directory that a hostile program wrote into, if it is there; what cannot be removed is left."""
    with suppress(OSError):
        if not path.is_dir():
            return
        parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            remove_tree(path.name, parent)
        finally:
            os.close(parent)


def _empty(name: str, trash: int, numbers: "count[int]") -> tuple[list[str], bool]:
    """Unlink the files in trash/`name`, and move its directories into `trash`.

    Returns their new names, and whether that was all: there may be no room for so many names.
    """
    moved: list[str] = []
    descriptor = os.open(name, _DIRECTORY, dir_fd=trash)
    try:
        for item in _unlink_files(descriptor):
            if not _move(item, target := str(next(numbers)), descriptor, trash):
                return moved, False
            moved.append(target)
    finally:
        os.close(descriptor)
    return moved, True


def _unlink_files(descriptor: int) -> list[str]:
    """Unlink all in an open directory that is no directory; return the names of those that are."""
    with os.scandir(descriptor) as scan:
        items = [(item.name, item.is_dir(follow_symlinks=False)) for item in scan]
    for name, is_directory in items:
        if not is_directory:
            os.unlink(name, dir_fd=descriptor)
    return [name for name, is_directory in items if is_directory]
