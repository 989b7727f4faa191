"""The helper's side of the socket: who may speak, one thread for each connection, replies and errors as plain data."""

import contextlib
import logging
import socket
import struct
import threading
from typing import Any

from nexus_server.errors import NexusError
from nexus_server.kernels.helper.framing import MAX_REQUEST_BYTES, read_message, write_message
from nexus_server.kernels.helper.requests import BadRequestError, FollowEngine, parse
from nexus_server.kernels.helper.service import HelperService

log = logging.getLogger(__name__)

#: connections at the same time; the server keeps one for each thread that waits
MAX_CONNECTIONS = 64
_CREDENTIALS = struct.Struct("3i")


def peer_uid(connection: socket.socket) -> int:
    """Return the user who opened the other end of a Unix socket."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(raw)[1])


class HelperServer:
    """Answers one user's requests, on a socket that listens already."""

    def __init__(self, listener: socket.socket, service: HelperService, uid: int) -> None:
        """Answer the user `uid`, and root."""
        self._listener = listener
        self._service = service
        self._users = frozenset({0, uid})
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def serve(self) -> None:
        """Accept connections until the listening socket is closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if peer_uid(connection) not in self._users or not self._places.acquire(blocking=False):
                log.warning("A connection of user %d was refused", peer_uid(connection))
                connection.close()
                continue
            threading.Thread(target=self._speak, args=(connection,), name="helper", daemon=True).start()

    def _speak(self, connection: socket.socket) -> None:
        """Answer until the other side leaves, or says something that is no request."""
        try:
            with connection, contextlib.suppress(OSError, BadRequestError):
                while (body := read_message(connection, MAX_REQUEST_BYTES)) is not None:
                    self._answer(connection, body)
        finally:
            self._places.release()

    def _answer(self, connection: socket.socket, body: bytes) -> None:
        """Raises OSError, and BadRequestError when the connection is to be closed after the reply."""
        try:
            asked = parse(body)
            answer = self._service.do(asked, lambda: write_message(connection, {"answer": None}))
        except (NexusError, OSError) as error:
            write_message(connection, error_reply(error))
            if isinstance(error, BadRequestError):
                log.warning("A request was refused: %s", error)
            return
        if isinstance(asked, FollowEngine):
            connection.shutdown(socket.SHUT_RDWR)
            return
        write_message(connection, {"answer": answer})


def error_reply(error: NexusError | OSError) -> dict[str, Any]:
    """Return an error as plain data."""
    if isinstance(error, NexusError):
        details = {name: value for name, value in error.details.items() if isinstance(value, str | int | float)}
        return {"error": error.code, "message": error.message, "details": details}
    return {"error": "os_error", "message": error.strerror or str(error), "details": {"errno": error.errno or 0}}
