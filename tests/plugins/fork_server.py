"""A process that has imported the product, and forks into a `nexus` command for each request.

Standard input is a socket. Each message on it is one command: its arguments, environment and directory as JSON, with
four descriptors: what becomes the command's standard input, output and error, and a socket for what becomes of it.
That socket tells the command's pid, then its exit code, each as an integer of the machine, and is closed once the pid
is free again.

`nexus_processes.py` is the other end. Nothing here may start a thread: a fork would not have it.
"""

import json
import os
import pkgutil
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

#: bytes of one message, more than any environment has
MAX_BYTES = 1 << 20
NUMBER = struct.Struct("i")
#: the installed command, as `sys.argv` and `sys.path` of a command have it
EXECUTABLE = Path(sys.executable).parent / "nexus"


#: what only some sites import, or only some commands
SOME_SITES = (
    "nexus_server.accounts.oidc.provider_client",
    "nexus_server.store.postgres_channel",
    "nexus_server.submissions.procrastinate_queue",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
)


@dataclass(frozen=True)
class Request:
    """One command, with the descriptors that are to be its 0, 1 and 2."""

    arguments: list[str]
    environment: dict[str, str]
    directory: str
    umask: int
    streams: list[int]

    def become(self) -> None:
        """Make this process what a shell would have started."""
        for number, descriptor in enumerate(self.streams):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.directory)
        os.umask(self.umask)
        sys.argv = [str(EXECUTABLE), *self.arguments]
        sys.path.insert(0, str(EXECUTABLE.parent))
        time.tzset()
        signal.signal(signal.SIGINT, signal.default_int_handler)


def load_product() -> None:
    """Import what commands and servers import, so that none has to."""
    import_module("nexus_server.optional_imports").skip()
    package = import_module("nexus_server.commands")
    commands = [each.name for each in pkgutil.iter_modules(package.__path__, "nexus_server.commands.")]
    import_module("nexus_server.commands.serve").load_server()
    import_module("nexus_server.commands.loading").load(*commands, *SOME_SITES)


def next_request(control: socket.socket) -> Request | None:
    """Return, in a process of its own, each command that is asked for; None, in this one, when no more will be."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MAX_BYTES, 4, socket.MSG_CMSG_CLOEXEC)
        if not message:
            return None
        if not os.fork():
            control.close()
            *streams, answers = descriptors
            return _forked(Request(**json.loads(message), streams=streams), socket.socket(fileno=answers))
        for descriptor in descriptors:
            os.close(descriptor)


def _forked(request: Request, answers: socket.socket) -> Request:
    """Return in a child; stay beside it until it ended and who asked for it knows."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child:
        for descriptor in request.streams:
            os.close(descriptor)
        _watch(child, answers)
    answers.close()
    return request


def _watch(child: int, answers: socket.socket) -> NoReturn:
    """Tell the pid, and in the end the exit code: what a signal ended has its number, below nought."""
    try:
        answers.sendall(NUMBER.pack(child))
        ended: Any = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
        answers.sendall(NUMBER.pack(code))
        answers.recv(1)
    except OSError:
        pass  # whoever asked is gone
    finally:
        # Until here nobody else can have got the pid: a signal that is sent to it reaches the child or nobody.
        os.waitpid(child, 0)
        os._exit(0)


def main() -> None:
    """Load, then be whatever is asked for."""
    # Ctrl-C is for the tests, which then end what they started.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    load_product()
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a fork would lack the other threads"
    request = next_request(socket.socket(fileno=os.dup(0)))
    if request is not None:
        request.become()
        sys.exit(import_module("nexus_server.cli").main())


if __name__ == "__main__":
    main()
