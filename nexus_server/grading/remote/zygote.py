"""A template process inside a sandbox's container: forks kernels that start in a fraction of the time.

It runs no learner's code itself. Each child confines itself with Landlock before it becomes a kernel: from then on it
can neither trace nor signal this process or the container's first one, nor reach their memory. After each child
everything it started is killed, every writable place is emptied, and both are verified; where that fails, the template
says so and the server throws the container away. Commands come over one Unix socket, one JSON object a line, one at a
time.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import resource
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

#: Landlock's system calls, the same on every architecture
CREATE_RULESET, RESTRICT_SELF = 444, 446
#: the version whose rules keep signals inside, too
LANDLOCK_ABI = 6
SCOPE_ABSTRACT_SOCKETS, SCOPE_SIGNALS = 1, 2
WRITABLE = ("/tmp", "/dev/shm", "/home/learner/work")  # noqa: S108  inside the container
PRELOAD = Path("/opt/nexus/preload.txt")
KILL_PATIENCE_S = 2.0
LIMITS = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
#: System V objects outlive their makers; each list has one heading
SYSV = ("/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg")

libc = ctypes.CDLL(None, use_errno=True)


def can_confine() -> bool:
    """Whether this system keeps a child away from this process."""
    return int(libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))) >= LANDLOCK_ABI


def confine() -> None:
    """Enter a Landlock domain of our own.

    Raises:
        OSError: the system refuses; the caller must not go on.
    """
    rules = (ctypes.c_uint64 * 3)(0, 0, SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS)
    ruleset = int(libc.syscall(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(24), ctypes.c_uint32(0)))
    if ruleset < 0 or libc.syscall(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)) != 0:
        raise OSError(ctypes.get_errno(), "no confinement")
    os.close(ruleset)


def own_state() -> list[Any]:
    """Return what another process of the same user could change about this one."""
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

    def do_fork(self, connection_file: str) -> dict[str, Any]:
        """Start a kernel."""
        self._child = os.fork()
        if not self._child:
            self._become_kernel(connection_file)
        return {"pid": self._child}

    def _become_kernel(self, connection_file: str) -> None:
        try:
            os.setsid()
            self._connection.close()
            os.closerange(3, 64)
            confine()
            os.chdir(WRITABLE[-1])
            random.seed()
            if numpy := sys.modules.get("numpy"):
                numpy.random.seed()
            start_kernel(connection_file)
        finally:
            os._exit(1)

    def do_alive(self) -> dict[str, Any]:
        """Say whether the kernel lives."""
        return {"alive": bool(self._child) and os.waitpid(self._child, os.WNOHANG)[0] == 0}

    def do_interrupt(self) -> dict[str, Any]:
        """Interrupt the kernel, as Jupyter does."""
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


def start_kernel(connection_file: str) -> None:
    """Run an IPython kernel until it ends."""
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.IPCompleter.use_jedi = False
    config.IPKernelApp.log_level = "ERROR"
    IPKernelApp.launch_instance(argv=["-f", connection_file], config=config)


def main(path: str) -> None:
    """Import what kernels need, then wait for the server on a Unix socket."""
    # The kernel that this process was has put pipes here that nobody reads any more.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.closerange(3, 64)
    for name in ("ipykernel.kernelapp", "ipykernel.ipkernel", "IPython", "psutil", "decimal", "fractions"):
        importlib.import_module(name)
    if PRELOAD.exists():
        for name in PRELOAD.read_text(encoding="utf-8").split():
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    if not can_confine():
        sys.exit(3)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        connection, _ = listener.accept()
    with connection:
        Zygote(connection).serve()
