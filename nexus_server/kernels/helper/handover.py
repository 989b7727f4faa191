"""Giving a data directory to the server's user, once. What the helper keeps there for itself stays root's."""

import os
import stat
from pathlib import Path

from nexus_server.kernels.helper.places import opened
from nexus_server.kernels.helper.server_user import ServerUser

#: at the top of the data directory: file systems of learners, which only root may put there
ROOTS_OWN = frozenset({"workspaces"})


def hand_over(data: Path, user: ServerUser) -> None:
    """Make the data directory when it is missing, and give it with all in it to `user`, unless it is theirs already.

    No link is followed and no other file system entered. The directory itself is given last, so that the work is
    done again when it was interrupted. What has a second name is left as it is: the other one may be anywhere.

    Raises:
        OSError: something cannot be given.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with opened(data) as top:
        status = os.fstat(top)
        if status.st_uid == user.uid:
            return
        for _, directories, files, descriptor in os.fwalk(dir_fd=top, follow_symlinks=False):
            if os.path.samestat(os.fstat(descriptor), status):
                directories[:] = [name for name in directories if name not in ROOTS_OWN]
            directories[:] = [name for name in directories if _give(name, descriptor, status.st_dev, user)]
            for name in files:
                _give(name, descriptor, status.st_dev, user)
        os.fchown(top, user.uid, user.gid)
        os.fchmod(top, 0o700)


def _give(name: str, directory: int, device: int, user: ServerUser) -> bool:
    """Give one entry; return whether that was done."""
    status = os.stat(name, dir_fd=directory, follow_symlinks=False)
    if status.st_dev != device or (stat.S_ISREG(status.st_mode) and status.st_nlink > 1):
        return False
    os.chown(name, user.uid, user.gid, dir_fd=directory, follow_symlinks=False)
    return True
