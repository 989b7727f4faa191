"""A thread that waits for sockets, for everything in this process that passes bytes on.

Blocking clients, nbclient and servers all start kernels, so there is no event loop that could be relied on: this is a
thread of its own. It starts with the first user, and ends with the last. A process that forks leaves it to its parent.
"""

import heapq
import itertools
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable

import structlog

log = structlog.get_logger()

#: what the thread is named
THREAD = "nexus-relay"
#: one read at most, in bytes: about what the system holds between two processes
CHUNK_BYTES = 128 * 1024


class RelayLoop:
    """Calls handlers in its thread. `watch`, `change`, `forget` and `later` are for handlers, `call` is for anybody."""

    def __init__(self) -> None:
        """Start the thread."""
        #: where handlers read to; good until they return
        self.buffer = memoryview(bytearray(CHUNK_BYTES))
        self._epoll = select.epoll()
        #: held while somebody rings, so that the bell is not taken away meanwhile
        self._open = threading.Lock()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._epoll.register(self._bell, select.EPOLLIN)
        self._handlers: dict[int, Callable[[int], None]] = {self._bell: self._answer_bell}
        self._calls: deque[Callable[[], None]] = deque()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._is_running = True
        threading.Thread(target=self._run, name=THREAD, daemon=True).start()

    def call(self, function: Callable[[], None]) -> None:
        """Let the thread call a function soon."""
        with self._open:
            self._calls.append(function)
            os.eventfd_write(self._bell, 1)

    def stop(self) -> None:
        """End the thread when it has done what it was called for; nobody may call it again."""
        self.call(self._stop)

    def watch(self, descriptor: int, events: int, handler: Callable[[int], None]) -> None:
        """Call a handler with the events of a descriptor, for as long as there are any."""
        self._handlers[descriptor] = handler
        self._epoll.register(descriptor, events)

    def change(self, descriptor: int, events: int) -> None:
        """Wait for other events of it."""
        self._epoll.modify(descriptor, events)

    def forget(self, descriptor: int) -> None:
        """Wait for nothing of it any more."""
        self._epoll.unregister(descriptor)
        del self._handlers[descriptor]

    def later(self, delay_s: float, function: Callable[[], None]) -> None:
        """Call a function after so many seconds."""
        heapq.heappush(self._timers, (time.monotonic() + delay_s, next(self._numbers), function))

    def _run(self) -> None:
        while self._is_running:
            for descriptor, events in self._epoll.poll(self._pause_s()):
                # One handler may end another's socket.
                if (handler := self._handlers.get(descriptor)) is not None:
                    _guarded(handler, events)
            while self._timers and self._timers[0][0] <= time.monotonic():
                _guarded(heapq.heappop(self._timers)[2])
        with self._open:
            self._epoll.close()
            os.close(self._bell)

    def _pause_s(self) -> float | None:
        return max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None

    def _answer_bell(self, _events: int) -> None:
        os.eventfd_read(self._bell)
        while self._calls:
            _guarded(self._calls.popleft())

    def _stop(self) -> None:
        self._is_running = False


def _guarded(function: Callable[..., None], *arguments: int) -> None:
    try:
        function(*arguments)
    except Exception:  # one kernel's failure must not end every kernel's connections
        log.exception("relay_failed")


_lock = threading.Lock()
_loop: RelayLoop | None = None
_users = 0


def acquire() -> RelayLoop:
    """Return the process's loop; whoever asks gives it back with `release`."""
    global _loop, _users  # noqa: PLW0603  there is one in each process
    with _lock:
        if _loop is None:
            _loop = RelayLoop()
        _users += 1
        return _loop


def release(loop: RelayLoop) -> None:
    """Give the loop back; the last one ends its thread."""
    global _loop, _users  # noqa: PLW0603  there is one in each process
    with _lock:
        if loop is not _loop:  # it is the parent's
            return
        _users -= 1
        if not _users:
            _loop = None
            loop.stop()


def _forget() -> None:
    # A child has no such thread, and the lock may have been held.
    global _lock, _loop, _users
    _lock, _loop, _users = threading.Lock(), None, 0


os.register_at_fork(after_in_child=_forget)
