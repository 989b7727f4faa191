"""The server's side of the socket: connections that are kept, errors that are raised again as what they were."""

import contextlib
import json
import select
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nexus_server.errors import NexusError
from nexus_server.kernels.errors import (
    EngineUnavailableError,
    ImageMissingError,
    KernelStartError,
    LimitTooHighError,
)
from nexus_server.kernels.helper.framing import MAX_REPLY_BYTES, read_message, write_message
from nexus_server.kernels.helper.requests import BadRequestError, FollowEngine, HelperRequest
from nexus_server.kernels.helper.site import NotAllowedError
from nexus_server.kernels.storage.workspaces import WorkspaceUnavailableError

#: seconds that the helper may take for anything: making a file system is the longest, and an engine that is busy
PATIENCE_S = 90.0
#: errors that the helper may name
ERRORS: dict[str, type[NexusError]] = {
    error.code: error
    for error in (
        BadRequestError,
        EngineUnavailableError,
        ImageMissingError,
        KernelStartError,
        LimitTooHighError,
        NotAllowedError,
        WorkspaceUnavailableError,
    )
}


class HelperUnavailableError(EngineUnavailableError):
    """The helper that starts kernels does not answer; try again in a moment."""


class HelperConnections:
    """Connections to one helper. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        """Connect when needed."""
        self._path = path
        self._lock = threading.Lock()
        self._idle: list[socket.socket] = []
        self._following: socket.socket | None = None

    def ask(self, request: HelperRequest) -> Any:
        """Have something done, and return the answer.

        Raises:
            HelperUnavailableError: it does not answer; what was asked may have been done or not.
            NexusError: with the reason.
            OSError: the system refused it.
        """
        connection = self._take()
        try:
            write_message(connection, request)
            body = read_message(connection, MAX_REPLY_BYTES)
        except (OSError, BadRequestError) as exc:
            connection.close()
            raise HelperUnavailableError from exc
        if body is None:
            connection.close()
            raise HelperUnavailableError
        with self._lock:
            self._idle.append(connection)
        return _answer(body)

    def follow(self, opened: Callable[[], None]) -> None:
        """Call `opened` when the engine answers, and return when it ends, or the helper does.

        Raises:
            EngineUnavailableError: the engine, or the helper, does not answer.
        """
        connection = self._connected()
        self._following = connection
        with connection:
            try:
                write_message(connection, FollowEngine())
                connection.settimeout(None)
                while (body := read_message(connection, MAX_REPLY_BYTES)) is not None:
                    _answer(body)
                    opened()
            except (OSError, BadRequestError) as exc:
                raise HelperUnavailableError from exc

    def stop_following(self) -> None:
        """End `follow` from another thread."""
        if self._following is not None:
            with contextlib.suppress(OSError):
                self._following.shutdown(socket.SHUT_RDWR)

    def _take(self) -> socket.socket:
        """Return a connection that nobody uses; one that the helper closed is dropped."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self._connected()
            if not select.select([connection], [], [], 0)[0]:
                return connection
            connection.close()

    def _connected(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        connection.settimeout(PATIENCE_S)
        try:
            connection.connect(str(self._path))
        except OSError as exc:
            connection.close()
            raise HelperUnavailableError from exc
        return connection

    def close(self) -> None:
        """Let go of what nobody uses now."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def _answer(body: bytes) -> Any:
    """Return what a reply holds, or raise the error that it is."""
    reply = json.loads(body)
    if "error" not in reply:
        return reply["answer"]
    if reply["error"] == "os_error":
        raise OSError(reply["details"]["errno"], reply["message"])
    raise ERRORS.get(reply["error"], KernelStartError)(reply["message"], **reply["details"])
