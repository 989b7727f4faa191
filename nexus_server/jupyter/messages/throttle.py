"""Reading a kernel's socket no faster than the server can afford, whatever the kernel sends."""

from collections.abc import Callable
from typing import Any

from tornado.ioloop import IOLoop

#: messages of one stream that are read in a second; the rest fills the socket's queue, and then is lost in the kernel
READS_PER_S = 2000


class Pacer:
    """Lets the reader of one stream rest for the remainder of a second in which it read enough."""

    def __init__(self, stream: Any, resume: Callable[[], None]) -> None:
        """Pace `stream` (a `ZMQStream`); `resume` makes its reader read again."""
        self._stream = stream
        self._resume = resume
        self._count = 0
        self._since = IOLoop.current().time()
        self._is_over = False

    def note(self) -> None:
        """Note that a message was read; to be called for each."""
        self._count += 1
        now = IOLoop.current().time()
        passed_s = now - self._since
        if passed_s >= 1:
            self._count, self._since = 1, now
        elif self._count >= READS_PER_S and not self._stream.closed():
            self._stream.stop_on_recv()
            IOLoop.current().call_later(1 - passed_s, self._wake)

    def _wake(self) -> None:
        if not self._is_over and not self._stream.closed():
            self._resume()

    def stop(self) -> None:
        """Leave the stream to somebody else."""
        self._is_over = True
