"""The helper's messages on the wire: a length of four bytes, most significant first, and so many bytes of JSON."""

import json
import socket
import struct
from typing import Any

from nexus_server.kernels.helper.requests import BadRequestError, HelperRequest

#: bytes of the longest request, and of the longest reply: that lists every container
MAX_REQUEST_BYTES = 256 * 1024
MAX_REPLY_BYTES = 16 * 1024 * 1024
_LENGTH = struct.Struct(">I")


def write_message(connection: socket.socket, content: Any) -> None:
    """Send a request or a reply. Raises OSError."""
    body = content.model_dump_json().encode() if isinstance(content, HelperRequest) else json.dumps(content).encode()
    connection.sendall(_LENGTH.pack(len(body)) + body)


def read_message(connection: socket.socket, most_bytes: int) -> bytes | None:
    """Return the next message's bytes; None when the other side has closed the connection between two.

    Raises:
        BadRequestError: it is too long, or ends before its end.
        OSError: the connection broke.
    """
    head = _read(connection, _LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise BadRequestError("A message ended before its end.")
    (length,) = _LENGTH.unpack(head)
    if length > most_bytes:
        raise BadRequestError(f"A message of {length} bytes is too long.")
    body = _read(connection, length)
    if len(body) < length:
        raise BadRequestError("A message ended before its end.")
    return body


def _read(connection: socket.socket, length: int) -> bytes:
    """Return so many bytes, or fewer when the other side has closed the connection."""
    found = bytearray()
    while len(found) < length and (piece := connection.recv(min(length - len(found), 65536))):
        found += piece
    return bytes(found)
