"""The server's end of the process that tasks are forked from."""

import asyncio
import os
import socket
import sys
from contextlib import suppress

import structlog

from nexus_server.offload.errors import OffloadUnavailableError, TooCostlyError
from nexus_server.offload.messages import PREFIX, TaskRequest, TaskResult, framed

log = structlog.get_logger()

#: what the process may know of the server's environment: no secrets
KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "PYTHONHASHSEED", "VIRTUAL_ENV", "HOME")
#: bytes of an answer; a process that says more is not believed
MAX_HEAD_BYTES = 1024 * 1024
MAX_BODY_BYTES = 128 * 1024 * 1024
#: seconds that the process has to load its libraries, also on a busy machine
START_S = 120


class ForkServer:
    """Runs tasks, each in a fresh process. It is started when it is first needed, and again when it was lost."""

    def __init__(self, *, niceness: int) -> None:
        """Start nothing yet."""
        self._niceness = niceness
        self._process: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None
        #: whether the process has loaded its libraries
        self._is_ready = False
        self._starting = asyncio.Lock()

    async def run(self, request: TaskRequest, body: bytes) -> tuple[TaskResult, bytearray]:
        """Run a task and return its answer and body.

        Raises:
            TooCostlyError: its process was ended by its limits.
            OffloadUnavailableError: no process could be started.
        """
        control = await self._ready()
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(0)
            with theirs:
                self._hand_over(control, theirs)
            try:
                return await _talk(ours, request, body)
            except (ConnectionError, EOFError):
                raise TooCostlyError from None

    async def start(self) -> None:
        """Start the process, so that the first task need not wait long for it."""
        async with self._starting:
            await self._launch()

    async def stop(self) -> None:
        """End the process. Tasks that run end with their time at the latest."""
        async with self._starting:
            self._forget()
            if self._process is not None:
                await self._process.wait()
                self._process = None

    def _hand_over(self, control: socket.socket, theirs: socket.socket) -> None:
        try:
            socket.send_fds(control, [b"t"], [theirs.fileno()])
        except OSError:
            self._forget()
            raise OffloadUnavailableError from None

    async def _ready(self) -> socket.socket:
        async with self._starting:
            if self._control is None or self._process is None or self._process.returncode is not None:
                self._forget()
                await self._launch()
            assert self._control is not None  # noqa: S101  `_launch` has set it
            if not self._is_ready:
                await self._wait_until_ready(self._control)
            return self._control

    async def _launch(self) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        command = [sys.executable, "-m", "nexus_server.offload.process", str(self._niceness)]
        environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=theirs.fileno(), stdout=asyncio.subprocess.DEVNULL, env=environment
            )
        self._control, self._is_ready = ours, False

    async def _wait_until_ready(self, control: socket.socket) -> None:
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(START_S):
                self._is_ready = bool(await asyncio.get_running_loop().sock_recv(control, 1))
        if not self._is_ready:
            self._forget()
            log.error("offload_did_not_start")
            raise OffloadUnavailableError

    def _forget(self) -> None:
        """Let go of a process that ended or cannot be used; it ends when its socket is closed."""
        if self._control is not None:
            self._control.close()
        self._control = None


async def _talk(connection: socket.socket, request: TaskRequest, body: bytes) -> tuple[TaskResult, bytearray]:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, framed(request.head(), len(body)))
    await loop.sock_sendall(connection, body)
    head_bytes, body_bytes = PREFIX.unpack(await _receive(connection, PREFIX.size))
    if head_bytes > MAX_HEAD_BYTES or body_bytes > MAX_BODY_BYTES:
        raise EOFError
    answer = TaskResult.read(bytes(await _receive(connection, head_bytes)))
    return answer, await _receive(connection, body_bytes)


async def _receive(connection: socket.socket, count: int) -> bytearray:
    data = bytearray(count)
    view, got, loop = memoryview(data), 0, asyncio.get_running_loop()
    while got < count:
        number = await loop.sock_recv_into(connection, view[got:])
        if number == 0:
            raise EOFError
        got += number
    view.release()
    return data
