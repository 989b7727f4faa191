"""Between a kernel's sockets and whoever talks to it: every byte passes here, and every message is measured.

A `Wire` listens on sockets that only this user can reach (``<front>/w-1`` … ``w-5``). For each client it connects to
the kernel's own socket of that number, and passes bytes on both ways. It holds at most one read of each way: whoever
does not read is not read for. A kernel whose unfinished messages grow beyond the bound is cut off and ended, one that
sends too much in all is slowed down, and one that does not speak ZMTP loses that connection.
"""

import contextlib
import errno
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from select import EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT

import structlog

from nexus_server.kernels import relay_loop
from nexus_server.kernels.zmtp import Allowance, MalformedFrameError, Meter, TooLongError

log = structlog.get_logger()

#: connections that may wait to be accepted, as libzmq has it
BACKLOG = 100
#: bytes a second from one kernel, on all its connections, once it has sent as much as one message may have
STEADY_BYTES_S = 16 * 1024 * 1024
#: how long a kernel that does not read has for what a client said before it left, in seconds
LINGER_S = 2.0
#: what an end waits for that is not watched
UNWATCHED = -1
#: pause of a listener when this process has no descriptor left, in seconds
STARVED_S = 0.5


class End:
    """One socket of a link."""

    __slots__ = ("_events", "_is_broken", "_is_gone", "_is_resting", "_link", "_meter", "_pending", "other", "plug")

    other: "End"

    def __init__(self, link: "RelayedConnection", plug: socket.socket, meter: Meter | None) -> None:
        """Own a connected socket, and measure what comes from it if there is a meter."""
        self.plug = plug
        self._link = link
        self._meter = meter
        #: what is to be written to this socket; while there is any, the other end is not read
        self._pending: memoryview | None = None
        #: whether nothing can be written any more
        self._is_broken = False
        #: whether it sent too much lately to be read on
        self._is_resting = False
        #: whether it ended before it could be read
        self._is_gone = False
        self._events = UNWATCHED

    def update(self) -> None:
        """Wait for what can be dealt with, and for a client's end; any other end would be reported for ever."""
        can_pass_on = self.other._pending is None and not self.other._is_broken  # noqa: SLF001  of the same class
        events = EPOLLIN if can_pass_on and not self._is_resting else 0
        events |= 0 if self._pending is None else EPOLLOUT
        is_kernel = self._meter is not None
        if not events and (is_kernel or self._is_gone):
            events = UNWATCHED
        if events == self._events:
            return
        loop, descriptor = self._link.loop, self.plug.fileno()
        if events == UNWATCHED:
            loop.forget(descriptor)
        elif self._events == UNWATCHED:
            loop.watch(descriptor, events, self._on_events)
        else:
            loop.change(descriptor, events)
        self._events = events

    def _on_events(self, events: int) -> None:
        if self._pending is not None and events & (EPOLLOUT | EPOLLERR | EPOLLHUP):
            pending, self._pending = self._pending, None
            self._write(pending)
            self.update()
            self.other.update()
        if self._events > 0 and self._events & EPOLLIN:
            self._read()
        elif self._events == 0 and events & (EPOLLERR | EPOLLHUP):
            # The client left, and the kernel does not read what it said.
            self._is_gone = True
            self.update()
            self._link.loop.later(LINGER_S, self._link.close)

    def _read(self) -> None:
        buffer = self._link.loop.buffer
        try:
            size = self.plug.recv_into(buffer)
        except BlockingIOError:
            return
        except OSError:
            size = 0
        if not size:
            # Nothing is pending that came from here, for else it would not have been read.
            self._link.close()
            return
        data = buffer[:size]
        if self._meter is not None and not self._measure(self._meter, data):
            return
        self.other._write(data)  # noqa: SLF001  of the same class
        if self.other._pending is not None or self.other._is_broken:  # noqa: SLF001  of the same class
            self.other.update()
            self.update()

    def _measure(self, meter: Meter, data: memoryview) -> bool:
        """Whether what came may be passed on."""
        try:
            meter.feed(data)
        except MalformedFrameError:
            self._link.close()
            return False
        except TooLongError:
            self._link.wire.flood()
            return False
        if rest_s := self._link.wire.spend(len(data)):
            self._is_resting = True
            self.update()
            self._link.loop.later(rest_s, self._rise)
        return True

    def _rise(self) -> None:
        self._is_resting = False
        if not self._link.is_closed:
            self.update()

    def _write(self, data: memoryview) -> None:
        if self._is_broken:
            return
        try:
            sent = self.plug.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            # It may have said something before it went, so it is still read.
            self._is_broken = True
            return
        if sent < len(data):
            self._pending = memoryview(bytes(data[sent:]))

    def close(self) -> None:
        """Let go of the socket."""
        if self._meter is not None:
            self._meter.settle()
        if self._events != UNWATCHED:
            self._link.loop.forget(self.plug.fileno())
            self._events = UNWATCHED
        self.plug.close()


class RelayedConnection:
    """One client's connection to one of the kernel's sockets."""

    __slots__ = ("_ends", "is_closed", "loop", "wire")

    def __init__(self, wire: "Wire", client: socket.socket, kernel: socket.socket, meter: Meter) -> None:
        """Join two connected sockets."""
        self.wire = wire
        self.loop = wire.loop
        self.is_closed = False
        near, far = self._ends = (End(self, client, None), End(self, kernel, meter))
        near.other, far.other = far, near
        near.update()
        far.update()

    def close(self) -> None:
        """Close both sockets."""
        self.is_closed = True
        for end in self._ends:
            end.close()
        self.wire.links.discard(self)


class Wire:
    """One kernel's sockets, for its clients. Whoever opens it calls `close`."""

    def __init__(self, front: Path, back: Path, ports: Iterable[int], *, bound: int, end: Callable[[], None]) -> None:
        """Listen; clients may connect as soon as this returns.

        Args:
            front: a directory that no kernel can reach; it may be renamed later.
            back: the directory of the kernel's sockets ``s-1`` …; it may be renamed, too.
            ports: the sockets' numbers.
            bound: bytes that this process may come to hold of messages that are not finished; 0: any number.
            end: ends the kernel; called in a thread of its own when it sends more.

        Raises:
            OSError: a directory is missing, or there are no descriptors left.
        """
        #: whether it was cut off because it sent too much that it did not finish
        self.has_flooded = False
        self.links: set[RelayedConnection] = set()
        self._allowance = Allowance(bound)
        self._end = end
        self._credit, self._credit_at = float(bound), time.monotonic()
        self._listeners: list[socket.socket] = []
        self._is_closed = False
        self._back = -1
        self.loop = relay_loop.acquire()
        listeners = {}
        try:
            # By descriptor: directories of warm kernels are renamed, and a link in a socket's place leads nowhere.
            self._back = os.open(back, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            for port in ports:
                listeners[port] = listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
                self._listeners.append(listener)
                path = front / f"w-{port}"
                path.unlink(missing_ok=True)  # of a server that was killed
                listener.bind(str(path))
                listener.listen(BACKLOG)
        except OSError:
            self._let_go()
            relay_loop.release(self.loop)
            raise
        self.loop.call(lambda: self._listen(listeners))

    def close(self) -> None:
        """End every connection soon. May be called twice, from any thread."""
        if not self._is_closed:
            self._is_closed = True
            self.loop.call(self._cut)
            relay_loop.release(self.loop)

    def spend(self, size: int) -> float:
        """Note so many bytes from the kernel; return for how many seconds it is not to be read."""
        bound = self._allowance.bound
        if not bound:
            return 0.0
        now = time.monotonic()
        earned = (now - self._credit_at) * STEADY_BYTES_S
        self._credit, self._credit_at = min(float(bound), self._credit + earned) - size, now
        return max(0.0, -self._credit / STEADY_BYTES_S)

    def flood(self) -> None:
        """Cut the kernel off, and end it."""
        self.has_flooded = True
        self._cut()
        threading.Thread(target=self._end, name="nexus-flood", daemon=True).start()

    def _listen(self, listeners: dict[int, socket.socket]) -> None:
        for port, listener in listeners.items():
            if listener.fileno() >= 0:
                self._await_clients(port, listener)

    def _await_clients(self, port: int, listener: socket.socket) -> None:
        self.loop.watch(listener.fileno(), EPOLLIN, lambda _events: self._accept(port, listener))

    def _accept(self, port: int, listener: socket.socket) -> None:
        try:
            client, _ = listener.accept()
        except OSError as exc:
            if exc.errno in {errno.EMFILE, errno.ENFILE}:
                log.warning("no_descriptor_left")
                self.loop.forget(listener.fileno())
                self.loop.later(STARVED_S, lambda: self._listen({port: listener}))
            return
        client.settimeout(0)
        try:
            kernel = self._connect(port)
        except OSError:
            client.close()  # which tries again by itself
            return
        self.links.add(RelayedConnection(self, client, kernel, Meter(self._allowance)))

    def _connect(self, port: int) -> socket.socket:
        """Connect to the kernel's socket.

        Raises:
            OSError: nobody listens there, or something else stands in its place.
        """
        target = os.open(f"s-{port}", os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._back)
        plug = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            # A link is opened as itself here; connecting to it, or to a file, is refused.
            plug.connect(f"/proc/self/fd/{target}")
        except OSError:
            plug.close()
            raise
        finally:
            os.close(target)
        return plug

    def _cut(self) -> None:
        for listener in self._listeners:
            if listener.fileno() >= 0:
                with contextlib.suppress(KeyError, OSError):  # one that waits for descriptors is not watched
                    self.loop.forget(listener.fileno())
        for link in tuple(self.links):
            link.close()
        self._let_go()

    def _let_go(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        if self._back >= 0:
            os.close(self._back)
            self._back = -1
