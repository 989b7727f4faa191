"""What the kernel says while no server listens, kept within bounds for the next one.

A ZeroMQ publisher drops what nobody is subscribed to. A server that is killed leaves its kernels running; what they
print until the next server listens would be lost. The thread that publishes therefore keeps the newest messages while
nobody listens, and publishes them first when somebody does. Before anybody has ever listened nothing is kept.
"""

import json
from collections import deque
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread

#: what is kept at most; it counts as the learner's own memory
MAX_BYTES = 1024 * 1024
MAX_MESSAGES = 1000
NOTICE = "{count} messages were left out while the server was away.\n"
SUBSCRIBED, UNSUBSCRIBED = b"\x01", b"\x00"
DELIMITER = b"<IDS|MSG>"


class OutputTail(IOPubThread):
    """ipykernel's publishing thread. Everything below runs in it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start with nobody who listens."""
        #: whether somebody is subscribed to everything; None: nobody ever was
        self._is_heard: bool | None = None
        self._tail: deque[list[bytes]] = deque()
        self._tail_bytes = 0
        self._dropped = 0
        self._first_dropped: list[bytes] = []
        super().__init__(*args, **kwargs)

    def _handle_subscription(self, frames: list[bytes]) -> None:
        super()._handle_subscription(frames)
        if frames[0] == SUBSCRIBED:
            self._is_heard = True
            self._publish_tail()
        elif frames[0] == UNSUBSCRIBED:
            self._is_heard = False

    def _really_send(self, msg: list[Any], *args: Any, **kwargs: Any) -> None:
        if self.closed or not self._is_master_process():
            super()._really_send(msg, *args, **kwargs)
            return
        # The event loop may tell of the listener's end only after this message, which nobody would get.
        while self.socket.getsockopt(zmq.EVENTS) & zmq.POLLIN:
            self._handle_subscription(self.socket.recv_multipart())
        if self._is_heard is False:
            self._keep([bytes(frame) for frame in msg])
        else:
            super()._really_send(msg, *args, **kwargs)

    def _keep(self, frames: list[bytes]) -> None:
        self._tail.append(frames)
        self._tail_bytes += _size(frames)
        while self._tail and (self._tail_bytes > MAX_BYTES or len(self._tail) > MAX_MESSAGES):
            oldest = self._tail.popleft()
            self._tail_bytes -= _size(oldest)
            self._first_dropped = self._first_dropped or oldest
            self._dropped += 1

    def _publish_tail(self) -> None:
        if self._dropped:
            content = {"name": "stderr", "text": NOTICE.format(count=self._dropped)}
            notice = self.session.msg("stream", content, parent=_parent_of(self._first_dropped))
            self.socket.send_multipart([b"stream", *self.session.serialize(notice)])
        while self._tail:
            self.socket.send_multipart(self._tail.popleft())
        self._tail_bytes = self._dropped = 0
        self._first_dropped = []


def _size(frames: list[bytes]) -> int:
    return sum(len(frame) for frame in frames)


def _parent_of(frames: list[bytes]) -> dict[str, Any]:
    """Return the header of the request that a serialized message belongs to."""
    found: dict[str, Any] = json.loads(frames[frames.index(DELIMITER) + 3])
    return found
