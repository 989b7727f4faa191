"""Watching a process of this machine that is not our child, without asking the container engine.

A pidfd becomes readable when its process ends, costs one system call to ask, and keeps working while the engine is
restarting.
"""

import contextlib
import os
import select
import signal
from pathlib import Path


class WatchedProcess:
    """The first process of a container, seen from the host."""

    #: none yet, or none any more
    _fd = -1

    def __init__(self, pid: int, container_id: str) -> None:
        """Watch `pid`, which belongs to `container_id`.

        Raises:
            ProcessLookupError: it has ended, or cannot be seen from here, or its number is another process's now.
        """
        self.pid = pid
        self._fd = os.pidfd_open(pid)
        if container_id not in _cgroups(pid):
            self.close()
            raise ProcessLookupError(pid)

    def has_ended(self) -> bool:
        """Whether the process is gone."""
        if self._fd < 0:
            return True
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        return bool(poll.poll(0))

    def send(self, signum: int) -> None:
        """Send the process a signal, if it runs and this user may."""
        if self._fd >= 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(self._fd, signum)

    def fileno(self) -> int:
        """The descriptor, for an event loop's reader."""
        return self._fd

    def close(self) -> None:
        """Let go of the descriptor."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        self.close()


def _cgroups(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8")
    except OSError:
        return ""
