"""Removing a hostile directory tree: however deep it is, at most two directories are open and nothing recurses."""

import os
from contextlib import suppress
from itertools import count
from pathlib import Path
from uuid import uuid4

#: names of what is being written or removed, never listed
PARTIAL_PREFIX = ".nexus-partial-"

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove_tree(name: str, directory: int) -> None:
    """Remove the directory `name` in the open `directory` with all its content, never following a link.

    Each level's sub-directories are moved up beside their parent first, so the tree is flat when it is removed.

    Raises:
        OSError: something cannot be removed; what is left has a hidden name.
    """
    trash = f"{PARTIAL_PREFIX}{uuid4().hex}"
    os.mkdir(trash, 0o700, dir_fd=directory)
    trash_fd = os.open(trash, _DIRECTORY, dir_fd=directory)
    try:
        numbers = count()
        pending = [str(next(numbers))]
        os.rename(name, pending[0], src_dir_fd=directory, dst_dir_fd=trash_fd)
        while pending:
            current = pending.pop()
            pending += _empty(current, trash_fd, numbers)
            os.rmdir(current, dir_fd=trash_fd)
    finally:
        os.close(trash_fd)
        with suppress(OSError):  # what could not be removed is still in it
            os.rmdir(trash, dir_fd=directory)


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


def _empty(name: str, trash: int, numbers: "count[int]") -> list[str]:
    """Unlink the files in trash/`name`, move its directories into `trash`, and return their new names."""
    moved = []
    descriptor = os.open(name, _DIRECTORY, dir_fd=trash)
    try:
        with os.scandir(descriptor) as scan:
            items = [(item.name, item.is_dir(follow_symlinks=False)) for item in scan]
        for item, is_directory in items:
            if is_directory:
                moved.append(str(next(numbers)))
                os.rename(item, moved[-1], src_dir_fd=descriptor, dst_dir_fd=trash)
            else:
                os.unlink(item, dir_fd=descriptor)
    finally:
        os.close(descriptor)
    return moved
