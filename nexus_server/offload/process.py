"""The process that tasks are forked from: it has their libraries loaded, no thread, and no secret.

`python -m nexus_server.offload.process NICENESS` reads sockets from its standard input, one for each task. A fork per
task costs a millisecond or two. What a task takes is given back when it ends, and nothing of it is left for the next.
"""

import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
import time

from nexus_server import optional_imports
from nexus_server.errors import NexusError
from nexus_server.offload.errors import TooCostlyError
from nexus_server.offload.messages import PREFIX, TaskRequest, TaskResult, framed

#: modules that tasks come from, loaded once
PRELOADED = (
    "nexus_server.markdown",
    "nexus_server.notebook_format.notebooks",
    "nexus_server.jupyter.contents.notebook_tasks",
    "nexus_server.tutor.rules.engine",
    "nexus_server.tutor.leak_filter.spoilers",
)


def main() -> None:
    """Serve until the server closes its end."""
    os.nice(int(sys.argv[1]))
    # The server ends this process by closing the socket. A Ctrl-C is meant for the server alone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    optional_imports.skip()
    for name in PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    # A server that closes its end before it has read that this process is ready resets the connection.
    with socket.socket(fileno=0) as control, contextlib.suppress(ConnectionResetError, BrokenPipeError):
        control.send(b"!")
        while True:
            _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not descriptors:
                return
            _fork(control, descriptors[0])


def _fork(control: socket.socket, descriptor: int) -> None:
    try:
        child = os.fork()
    except OSError:
        child = -1  # no process to be had: the server sees that the socket is closed
    if child != 0:
        os.close(descriptor)
        return
    try:
        control.close()
        with socket.socket(fileno=descriptor) as connection:
            _serve(connection)
    finally:
        os._exit(0)


def _serve(connection: socket.socket) -> None:
    """Run one task and answer."""
    with contextlib.suppress(OSError):  # the server gave up and closed its end
        head_bytes, body_bytes = PREFIX.unpack(_receive(connection, PREFIX.size))
        request = TaskRequest.read(_receive(connection, head_bytes))
        request.limits.apply()
        answer, body = _run(request, connection, body_bytes)
        connection.sendall(framed(answer.head(), len(body)))
        connection.sendall(body)


def _run(request: TaskRequest, connection: socket.socket, body_bytes: int) -> tuple[TaskResult, bytes]:
    try:
        # The task alone holds what it is given, so that it can let go of it.
        value, body = request.task(_receive(connection, body_bytes), **request.options)
    except NexusError as error:
        return TaskResult(None, error, time.process_time()), b""
    except (MemoryError, RecursionError):
        return TaskResult(None, TooCostlyError(), time.process_time()), b""
    return TaskResult(value, None, time.process_time()), body


def _receive(connection: socket.socket, count: int) -> bytes:
    """Return exactly `count` bytes.

    Raises:
        ConnectionError: the server closed its end before.
    """
    data = bytearray(count)
    view, got = memoryview(data), 0
    while got < count:
        number = connection.recv_into(view[got:])
        if number == 0:
            raise ConnectionError
        got += number
    view.release()
    return bytes(data)


if __name__ == "__main__":
    main()
