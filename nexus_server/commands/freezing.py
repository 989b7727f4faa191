"""Hold a mounted file system still for as long as the file that it lives in is copied.

What writes to a frozen file system waits, so it must be let go whatever happens. A process of its own holds it: it lets
go when it is told to, when whoever asked is gone (the pipe between them ends), and after some seconds in any case.

    python -m nexus_server.commands.freezing DESCRIPTOR SECONDS
"""

import contextlib
import errno
import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: ioctls of linux/fs.h
FIFREEZE, FITHAW = 0xC0045877, 0xC0045878
#: seconds for which a file system is held at most
LIMIT_S = 10.0
#: seconds between two tries to freeze what somebody else holds
RETRY_S = 0.1
#: what is said of a file system that cannot be frozen: a kind without freezing, or we may not
_CANNOT = {errno.EOPNOTSUPP, errno.ENOTTY, errno.EPERM, errno.EACCES, errno.EINVAL}


class Hold:
    """A file system that is held still, if that was possible."""

    def __init__(self, mount: int, limit_s: float) -> None:
        """Freeze the file system of a descriptor of its root."""
        self._mount = mount
        self._is_released = False
        self._helper = subprocess.Popen(
            [sys.executable, "-m", __name__, str(mount), str(limit_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(mount,),
            start_new_session=True,
        )
        assert self._helper.stdout is not None  # noqa: S101  it is a pipe
        self.is_still = self._helper.stdout.readline() == b"frozen\n"

    def release(self) -> bool:
        """Let go; returns whether it was held still until now."""
        if not self._is_released:
            self._is_released = True
            self._helper.communicate()
        if self.is_still and self._helper.returncode != 0:
            self.is_still = False
            _thaw(self._mount)  # the helper may have been killed
        return self.is_still


@contextmanager
def held_still(mount: int, limit_s: float = LIMIT_S) -> Iterator[Hold]:
    """Hold the file system of an open directory still; `release` says whether that lasted long enough."""
    hold = Hold(mount, limit_s)
    try:
        yield hold
    finally:
        hold.release()


def _thaw(mount: int) -> bool:
    """Let a file system go; returns whether it was held."""
    try:
        fcntl.ioctl(mount, FITHAW, 0)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return False
    return True


def _freeze(mount: int) -> bool:
    """Freeze; returns whether that is possible here.

    Nobody holds a file system for longer than LIMIT_S: one that is held for longer was left so by a process that was
    killed, and is taken over.
    """
    until = time.monotonic() + LIMIT_S + 1
    while True:
        try:
            fcntl.ioctl(mount, FIFREEZE, 0)
        except OSError as error:
            if error.errno in _CANNOT:
                return False
            if error.errno != errno.EBUSY:
                raise
        else:
            return True
        if time.monotonic() > until:
            _thaw(mount)
        time.sleep(RETRY_S)


def main(mount: int, limit_s: float) -> int:
    """Freeze, say so, wait, let go; 0 when that was in time."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if not _freeze(mount):
        return 1
    is_asked = False
    try:
        with contextlib.suppress(BrokenPipeError):
            os.write(sys.stdout.fileno(), b"frozen\n")
        is_asked = bool(select.select([sys.stdin], [], [], limit_s)[0])
    finally:
        was_held = _thaw(mount)
    return 0 if is_asked and was_held else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2])))
