"""`nexus` as a process of its own: forked from one that has imported the product, or started as everybody does.

To import the product takes most of the time that a short command takes. Except for that, a forked process is what the
installed command is: it has its own arguments, environment, directory, standard streams, pid and exit code.
A test of the way in itself, or of what a process inherits, uses the installed command: `EXECUTABLE`.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from tests.plugins.fork_server import NUMBER

ROOT = Path(__file__).resolve().parents[2]
EXECUTABLE = str(Path(sys.executable).parent / "nexus")
TIMEOUT_S = 300.0


class ForkServer:
    """The process that commands are forked from; it ends with this one."""

    def __init__(self) -> None:
        """Start it; what is asked for meanwhile waits until it has loaded the product."""
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = str(Path(__file__).with_name("fork_server.py"))
        with theirs:
            self._process = subprocess.Popen([sys.executable, "-P", program], stdin=theirs.fileno(), cwd=ROOT)

    def ask(self, request: Mapping[str, object], streams: Sequence[int]) -> socket.socket:
        """Have a command forked, and return what tells of it."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [json.dumps(request).encode()], [*streams, theirs.fileno()])
        return ours

    def close(self) -> None:
        """End it; what was forked from it goes on."""
        self._control.close()
        self._process.wait()


@cache
def fork_server() -> ForkServer:
    """Return this process's own, started when it is first needed."""
    server = ForkServer()
    atexit.register(server.close)
    return server


class ForkedNexus:
    """A forked command, with the methods of `subprocess.Popen` that tests use."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path = ROOT,
        stdin: IO[bytes] | None = None,
        stdout: IO[bytes],
        stderr: IO[bytes] | None = None,
    ) -> None:
        """Start it; without `stdin` there is nothing to read, without `stderr` both outputs are one."""
        self.args = ["nexus", *arguments]
        self.returncode: int | None = None
        umask = os.umask(0)
        os.umask(umask)
        request = {"arguments": list(arguments), "environment": dict(env), "directory": str(cwd), "umask": umask}
        with Path(os.devnull).open("rb") as nothing:
            streams = [(stdin or nothing).fileno(), stdout.fileno(), (stderr or stdout).fileno()]
            self._answers = fork_server().ask(request, streams)
        self.pid = self._receive()

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it ended: of what a signal ended, the signal's number below nought.

        Raises:
            subprocess.TimeoutExpired: it did not in time.
        """
        if self.returncode is None:
            self._answers.settimeout(timeout)
            try:
                self.returncode = self._receive()
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(self.args, timeout or 0) from None
            self._answers.settimeout(None)
            self._answers.sendall(b".")
            self._answers.recv(1)  # nothing comes: it is closed once the pid is free
            self._answers.close()
        return self.returncode

    def _receive(self) -> int:
        answer = self._answers.recv(NUMBER.size)
        if not answer:
            raise RuntimeError(f"What {self.args} was forked from ended: its standard error says why.")
        number: int = NUMBER.unpack(answer)[0]
        return number

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


#: a `nexus` process, started either way
NexusProcess = ForkedNexus | subprocess.Popen[bytes]


def installed_nexus(
    arguments: Sequence[str], *, env: Mapping[str, str], stdout: IO[bytes]
) -> "subprocess.Popen[bytes]":
    """Start the installed command; both its outputs are one."""
    return subprocess.Popen([EXECUTABLE, *arguments], stdout=stdout, stderr=subprocess.STDOUT, cwd=ROOT, env=env)


def run_nexus(
    *arguments: str,
    stdin: str = "",
    environment: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    timeout: float = TIMEOUT_S,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in this process's environment with `environment` on top.

    Raises:
        subprocess.TimeoutExpired: it did not end in time, and was killed.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        env = {**os.environ, **(environment or {})}
        process = ForkedNexus(arguments, env=env, cwd=cwd, stdin=given, stdout=out, stderr=err)
        try:
            code = process.wait(timeout)
        except BaseException:
            process.kill()
            process.wait()
            raise
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(process.args, code, out.read().decode(), err.read().decode())
