"""Giving a data directory to the server's user, once. What the helper keeps there for itself stays root's."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from nexus_server.kernels.helper.places import opened
from nexus_server.kernels.helper.server_user import ServerUser

#: at the top of the data directory: file systems of learners, which only root may put there
ROOTS_OWN = frozenset({"workspaces"})
_OPEN_ANY = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


def hand_over(data: Path, user: ServerUser) -> None:
    """Make the data directory when it is missing, and give it with all in it to `user`, unless it is theirs already.

    No link is followed and no other file system entered. The directory itself is given last, so that the work is
    done again when it was interrupted. What has a second name is left as it is: the other one may be anywhere.

    Raises:
        OSError: something cannot be given.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with opened(data) as top:
        if os.fstat(top).st_uid == user.uid:
            return
        _give_content(top, user.uid, user.gid, lambda _: True)
        os.fchown(top, user.uid, user.gid)
        os.fchmod(top, 0o700)


def give_back(data: Path) -> None:
    """Give what root made in a data directory, since that was handed over, to the directory's owner.

    Raises:
        OSError: something cannot be given.
    """
    with opened(data) as top:
        status = os.fstat(top)
        if status.st_uid != 0:
            _give_content(top, status.st_uid, status.st_gid, lambda found: found.st_uid == 0)


def _give_content(top: int, uid: int, gid: int, is_given: Callable[[os.stat_result], bool]) -> None:
    status = os.fstat(top)
    for _, directories, files, descriptor in os.fwalk(dir_fd=top, follow_symlinks=False):
        is_top = os.path.samestat(os.fstat(descriptor), status)
        names = [name for name in [*directories, *files] if not (is_top and name in ROOTS_OWN)]
        here = {name for name in names if _give(name, descriptor, status.st_dev, (uid, gid), is_given)}
        directories[:] = [name for name in directories if name in here]


def _give(
    name: str, directory: int, device: int, owner: tuple[int, int], is_given: Callable[[os.stat_result], bool]
) -> bool:
    """Give one entry, if it is to be; return whether it is one of this file system with no other name."""
    try:
        descriptor = os.open(name, _OPEN_ANY, dir_fd=directory)
    except FileNotFoundError:
        return False  # a server that runs removed it
    try:
        status = os.fstat(descriptor)
        if status.st_dev != device or (stat.S_ISREG(status.st_mode) and status.st_nlink > 1):
            return False
        if is_given(status):
            os.chown(f"/proc/self/fd/{descriptor}", *owner)
        return True
    finally:
        os.close(descriptor)
