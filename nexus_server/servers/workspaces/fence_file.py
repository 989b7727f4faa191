"""The number under which a workspace of a shared directory was taken last: a file that servers lock while they write.

Locks of flock(2) hold between machines on NFS 4 and CephFS. A machine that is gone loses them after the file server's
own time, 90 s on Linux' NFS server.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nexus_server.servers.workspaces.errors import StaleFenceError, WorkspaceHeldError

#: digits of the number: one write of as many bytes is never seen by halves
DIGITS = 20
NAME = "fence"


@dataclass(frozen=True, slots=True)
class FenceFile:
    """The file of one workspace."""

    path: Path

    def raise_to(self, number: int) -> None:
        """Let nobody write under a smaller number from now on.

        Raises:
            StaleFenceError: the number was larger already.
            WorkspaceHeldError: somebody is writing, so this is to be tried again.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._locked(fcntl.LOCK_EX) as descriptor:
            newest = _read(descriptor)
            if newest > number:
                raise StaleFenceError(newest)
            if newest < number:
                os.pwrite(descriptor, f"{number:0{DIGITS}}\n".encode(), 0)
                os.fsync(descriptor)

    @contextmanager
    def held(self, number: int) -> Iterator[None]:
        """Keep the number from growing for as long as a save takes.

        Raises:
            StaleFenceError: it has grown.
            WorkspaceHeldError: it grows right now.
        """
        with self._locked(fcntl.LOCK_SH) as descriptor:
            newest = _read(descriptor)
            if newest != number:
                raise StaleFenceError(newest)
            yield

    @contextmanager
    def _locked(self, kind: int) -> Iterator[int]:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WorkspaceHeldError from None
            yield descriptor
        finally:
            os.close(descriptor)  # which unlocks it


def _read(descriptor: int) -> int:
    """Return the number of an open file; 0 where there was none yet."""
    found = os.pread(descriptor, DIGITS, 0)
    return int(found) if found else 0
