"""A template process inside a sandbox's container: forks kernels that start in a fraction of the time.

It runs no learner's code itself, and as the container's root. Each child becomes another user, without any rights,
before it becomes a kernel: from then on it can neither trace nor signal this process or the container's first one, nor
reach their memory. After each child everything it started is killed, every writable place is emptied, and both are
verified; where that fails, the template says so and the server throws the container away. Commands come over one Unix
socket, one JSON object a line, one at a time.
"""

import contextlib
import ctypes
import importlib
import json
import os
import resource
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

#: the program of the image's kernels
PROGRAMS = "/opt/nexus"
WRITABLE = ("/tmp", "/dev/shm", "/home/learner/work")  # noqa: S108  inside the container
KILL_PATIENCE_S = 2.0
LIMITS = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
#: System V objects outlive their makers; each list has one heading
SYSV = ("/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg")

libc = ctypes.CDLL(None, use_errno=True)


def become(uid: int, gid: int) -> None:
    """Give every right up, for good.

    Raises:
        OSError: the system refuses; the caller must not go on.
    """
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    left = [line for line in status.splitlines() if line.startswith(("CapPrm", "CapEff", "CapInh", "CapAmb"))]
    if any(int(line.split()[1], 16) for line in left):
        raise OSError("some rights are left")


def own_state() -> list[Any]:
    """Return what another process could change about this one, if it could do anything to it at all."""
    return [
        [resource.getrlimit(limit) for limit in LIMITS],
        sorted(os.sched_getaffinity(0)),
        os.getpriority(os.PRIO_PROCESS, 0),
        os.sched_getscheduler(0),
        libc.syscall(252, 1, 0),  # ioprio_get of this process, on x86-64
    ]


class Zygote:
    """The template."""

    def __init__(self, connection: socket.socket) -> None:
        """Serve one server."""
        self._connection = connection
        self._lines = connection.makefile("r", encoding="utf-8")
        self._child = 0
        self._state = own_state()

    def serve(self) -> None:
        """Do what is asked until the server is gone."""
        for line in self._lines:
            command = json.loads(line)
            answer = getattr(self, f"do_{command.pop('do')}")(**command)
            self._connection.sendall(json.dumps(answer).encode() + b"\n")

    def do_fork(self, connection_file: str, uid: int, gid: int) -> dict[str, Any]:
        """Start a kernel of a user's."""
        self._child = os.fork()
        if not self._child:
            self._become_kernel(connection_file, uid, gid)
        return {"pid": self._child}

    def _become_kernel(self, connection_file: str, uid: int, gid: int) -> None:
        try:
            os.setsid()
            self._connection.close()
            os.closerange(3, 64)
            # When memory runs out it is the learner's process that goes, not the template.
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
            become(uid, gid)
            os.chdir(WRITABLE[-1])
            program().copy_caches()
            program().run(["-f", connection_file])
        finally:
            os._exit(1)

    def do_alive(self) -> dict[str, Any]:
        """Say whether the kernel lives."""
        if self._child and os.waitpid(self._child, os.WNOHANG)[0]:
            self._child = 0
        return {"alive": bool(self._child)}

    def do_interrupt(self) -> dict[str, Any]:
        """Interrupt the kernel, as Jupyter does."""
        if self._child:
            os.kill(self._child, signal.SIGINT)
        return {}

    def do_clean(self) -> dict[str, Any]:
        """End the kernel with everything that it started, empty every place, and say whether all of that is proved."""
        self._child = 0
        return {"clean": kill_all() and all(empty(Path(place)) for place in WRITABLE) and self._is_untouched()}

    def _is_untouched(self) -> bool:
        without_sysv = all(len(Path(name).read_text(encoding="ascii").splitlines()) <= 1 for name in SYSV)
        return without_sysv and own_state() == self._state


def kill_all() -> bool:
    """Kill every process but the container's first and this one; True when none is left."""
    until = time.monotonic() + KILL_PATIENCE_S
    while time.monotonic() < until:
        with contextlib.suppress(ProcessLookupError):
            # Reaches all processes at once, so none of them can fork its way out.
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if {name for name in os.listdir("/proc") if name.isdigit()} <= {"1", str(os.getpid())}:  # noqa: PTH208
            return True
        time.sleep(0.002)
    return False


def empty(place: Path) -> bool:
    """Delete everything in a directory; True when it is empty."""
    try:
        for entry in list(place.iterdir()):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink()
        return not list(place.iterdir())
    except (OSError, RecursionError):
        return False


def program() -> Any:
    """Return the module that the image's kernels are; it may lie in `PROGRAMS` only."""
    if PROGRAMS not in sys.path:
        sys.path.insert(0, PROGRAMS)
    return importlib.import_module("nexus_kernel")


def main(path: str) -> None:
    """Import what kernels need, then wait for the server on a Unix socket."""
    # The kernel that this process was has put pipes here that nobody reads any more.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.closerange(3, 64)
    for name in ("ipykernel.ipkernel", "IPython", "psutil", "decimal", "fractions"):
        importlib.import_module(name)
    program().copy_caches()
    program().preload()
    if not all(empty(Path(place)) for place in WRITABLE):
        sys.exit(3)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        connection, _ = listener.accept()
    with connection:
        Zygote(connection).serve()
