"""Streams of a kernel's messages that go on after messages which are none.

A learner's code can put any bytes on its own sockets. Jupyter's readers raise on malformed frames, and a ZMQStream
whose reader raised stops reading: the tab would stand still, and the server no longer see whether the kernel works.
"""

from collections.abc import Callable
from typing import Any

import structlog

from nexus_server.kernels.malformed import MALFORMED_ERRORS

log = structlog.get_logger()

Reader = Callable[[list[Any]], Any]


def tolerant(stream: Any) -> Any:
    """Return the stream, whose readers from now on leave out what they cannot read."""
    listen = stream.on_recv

    def on_recv(callback: Reader | None, copy: bool = True) -> None:  # noqa: FBT001, FBT002  ZMQStream's signature
        listen(None if callback is None else _patient(callback), copy=copy)

    stream.on_recv = on_recv
    return stream


def _patient(callback: Reader) -> Reader:
    def read(frames: list[Any]) -> Any:
        try:
            return callback(frames)
        except MALFORMED_ERRORS as exc:
            # Whoever wants to can send thousands of them.
            log.debug("malformed_message_of_kernel", error=repr(exc))
            return None

    return read
