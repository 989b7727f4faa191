"""Which process owns which container: a lock file, held for as long as the process lives.

The kernel frees the lock when the process ends, however it ends, so a container whose lock file is free has no owner.
"""

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from nexus_server.kernels.errors import DataDirTakenError

#: label with the path of the owner's lock file
LOCK_LABEL = "nexus.lock"
#: label with what the owner sees as `/`: paths mean something else to a server that runs in a container
VIEW_LABEL = "nexus.view"
#: label of containers that a restarted server takes over; everybody else's are removed when the owner ends
ADOPTABLE_LABEL = "nexus.adoptable"


class OwnerLock:
    """A locked file that stands for this process."""

    def __init__(self, root: Path, name: str = "") -> None:
        """Create and lock ``<root>/<name>.lock``; the default name is unique to this process.

        Raises:
            DataDirTakenError: another process holds it.
        """
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = root / f"{name or f'p{os.getpid()}-{uuid4().hex[:8]}'}.lock"
        self._is_own_file = not name
        self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._fd)
            raise DataDirTakenError(lock=str(self.path)) from None

    def labels(self, *, adoptable: bool) -> dict[str, str]:
        """The labels of this owner's containers."""
        return {LOCK_LABEL: str(self.path), VIEW_LABEL: own_view(), ADOPTABLE_LABEL: "1" if adoptable else "0"}

    def release(self) -> None:
        """Let go: containers that still carry this lock are orphans from now on."""
        if self._fd < 0:
            return
        if self._is_own_file:
            self.path.unlink(missing_ok=True)
        os.close(self._fd)
        self._fd = -1


def own_view() -> str:
    """Return which directory this process sees as `/`: the same for all that see the same files."""
    root = Path("/").stat()
    return f"{root.st_dev}:{root.st_ino}"


def is_owner_visible(labels: Mapping[str, str]) -> bool:
    """Whether the owner's lock file, or that it is gone, can be seen from here."""
    return labels.get(VIEW_LABEL, own_view()) == own_view() or Path(labels.get(LOCK_LABEL, "")).is_file()


def is_owner_alive(lock_file: str) -> bool:
    """Whether some process holds the lock."""
    try:
        descriptor = os.open(lock_file, os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError:
        return True  # somebody else's, who judges for themselves
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
