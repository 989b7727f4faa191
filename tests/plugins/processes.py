"""Starting real processes for tests, and waiting until they answer."""

import fcntl
import os
import pwd
import random
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Protocol

START_TIMEOUT_S = 180.0
#: below those that Linux gives to outgoing connections: such a one could take a port before its server does
PORTS = range(20_000, 32_000)
RESERVED = Path(tempfile.gettempdir()) / "nexus-test-ports"


class Process(Protocol):
    """What somebody started, and may end."""

    args: Any
    returncode: Any

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs."""
        ...


def free_port() -> int:
    """Return a TCP port that nobody listens on, and that no process of tests is given while this one lives."""
    RESERVED.mkdir(exist_ok=True)
    return next(port for port in random.sample(PORTS, len(PORTS)) if _reserve(port) and _is_free(port))


def _reserve(port: int) -> bool:
    """Lock the port's file; the lock ends with this process."""
    lock = os.open(RESERVED / str(port), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_for(port: int, process: Process) -> None:
    """Wait until something listens on `port`; fail when `process` ends or takes too long."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)  # nothing to await: another program opens the port
    raise RuntimeError(f"{process.args!r} does not listen on {port}")


def run_as_postgres(command: list[str]) -> None:
    """Run a PostgreSQL tool, as the postgres user when we are root (it refuses to run as root)."""
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        user=user,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )
