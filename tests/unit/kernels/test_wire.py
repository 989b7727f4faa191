"""Clients reach a kernel's sockets through the wire, which passes on, waits, measures, and lets go of everything."""

import contextlib
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zmq

from nexus_server.kernels.relay_loop import CHUNK_BYTES, THREAD
from nexus_server.kernels.wire import Wire
from nexus_server.kernels.zmtp import PART_BYTES
from tests.unit.kernels.test_zmtp import GREETING, frame

MIB = 1024 * 1024
PORT = 2


def until(condition: Callable[[], object], timeout_s: float = 10) -> None:
    """Wait for what another thread does soon."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it never happens"
        time.sleep(0.002)


def is_relaying() -> bool:
    return THREAD in {thread.name for thread in threading.enumerate()}


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  numbers, not paths


class Place:
    """A kernel's directory, and the wire before it."""

    def __init__(self, root: Path) -> None:
        self.outer = root / "kernel"
        self.back = self.outer / "k"
        self.back.mkdir(parents=True)
        self.ended = threading.Event()
        self._stack = contextlib.ExitStack()

    def listen(self) -> socket.socket:
        """Be the kernel."""
        listener = self._stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(str(self.back / f"s-{PORT}"))
        listener.listen()
        listener.settimeout(10)
        return listener

    def open(self, bound: int = 10 * MIB) -> Wire:
        wire = Wire(self.outer, self.back, [PORT], bound=bound, end=self.ended.set)
        self._stack.callback(wire.close)
        return wire

    def connect(self) -> socket.socket:
        """Be a client."""
        client = self._stack.enter_context(socket.socket(socket.AF_UNIX))
        client.settimeout(10)
        client.connect(str(self.outer / f"w-{PORT}"))
        return client

    def pair(self) -> tuple[socket.socket, socket.socket]:
        """A client, and the kernel's end."""
        listener = self.listen()
        client = self.connect()
        kernel = self._stack.enter_context(listener.accept()[0])
        kernel.settimeout(10)
        return client, kernel

    def close(self) -> None:
        self._stack.close()


@pytest.fixture
def place() -> Iterator[Place]:
    # kernels that earlier tests left to the end of the process have wires, too
    others = is_relaying()
    with tempfile.TemporaryDirectory(prefix="nexus-") as root:
        made = Place(Path(root))
        yield made
        made.close()
        until(lambda: is_relaying() == others)


def read(plug: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (more := plug.recv(size - len(data))):
        data += more
    return data


def push(plug: socket.socket, data: bytes) -> int:
    """Send until nobody takes any more; return how much they took."""
    sent = 0
    with contextlib.suppress(TimeoutError):
        while sent < 4 * MIB:
            plug.sendall(data)
            sent += len(data)
    assert sent < 4 * MIB, "somebody holds it"
    return sent


def test_bytes_go_both_ways(place: Place) -> None:
    place.open()
    client, kernel = place.pair()
    talk = GREETING + frame(b"x" * 100_000)
    kernel.sendall(talk)
    assert read(client, len(talk)) == talk
    client.sendall(b"whatever a client of ours says")
    assert read(kernel, 30) == b"whatever a client of ours says"


def test_zeromq_talks_through_it(place: Place) -> None:
    with zmq.Context() as context, context.socket(zmq.ROUTER) as kernel, context.socket(zmq.DEALER) as client:
        kernel.linger = client.linger = 0
        client.reconnect_ivl = 5
        place.open()
        client.connect(f"ipc://{place.outer}/w-{PORT}")
        client.send(b"before the kernel listens")
        kernel.bind(f"ipc://{place.back}/s-{PORT}")
        assert kernel.poll(10_000), "the client tries until there is a kernel"
        who, asked = kernel.recv_multipart()
        kernel.send_multipart([who, asked, *[bytes(9)] * 50, bytes(3 * MIB)])
        assert client.poll(10_000)
        assert client.recv_multipart() == [asked, *[bytes(9)] * 50, bytes(3 * MIB)]


def test_the_directory_may_be_renamed(place: Place) -> None:
    place.open()
    listener = place.listen()
    place.outer = place.outer.rename(place.outer.parent / "renamed")
    client = place.connect()
    kernel, _ = listener.accept()
    with kernel:
        client.sendall(b"x")
        assert kernel.recv(1) == b"x"


def test_who_does_not_read_is_not_read_for(place: Place) -> None:
    place.open()
    client, kernel = place.pair()
    kernel.sendall(GREETING)
    kernel.settimeout(0.3)
    sent = push(kernel, frame(bytes(CHUNK_BYTES)))
    kernel.shutdown(socket.SHUT_WR)
    received = len(GREETING)
    while data := client.recv(MIB):
        received += len(data)
    assert received >= sent, "all that was taken arrives, also after the kernel's end"


def test_a_kernel_that_does_not_read_is_not_written_to(place: Place) -> None:
    place.open()
    client, _kernel = place.pair()
    client.settimeout(0.3)
    assert push(client, bytes(CHUNK_BYTES)) > 0


def test_a_client_that_leaves_a_kernel_that_does_not_read_leaves_nothing(place: Place) -> None:
    wire = place.open()
    client, kernel = place.pair()
    client.settimeout(0.3)
    sent = push(client, bytes(CHUNK_BYTES))
    client.close()
    until(lambda: not wire.links)
    received = 0
    while data := kernel.recv(MIB):
        received += len(data)
    assert 0 < received <= sent + CHUNK_BYTES


def test_what_a_client_said_before_it_left_arrives(place: Place) -> None:
    place.open()
    client, kernel = place.pair()
    client.settimeout(0.3)
    sent = push(client, bytes(CHUNK_BYTES))
    client.close()
    received = 0
    while data := kernel.recv(MIB):
        received += len(data)
    assert received >= sent


def test_the_end_of_one_side_is_the_end_of_the_other(place: Place) -> None:
    wire = place.open()
    client, kernel = place.pair()
    kernel.sendall(GREETING)
    kernel.close()
    assert read(client, 1000) == GREETING
    until(lambda: not wire.links)


# the client reads nothing: a socket takes some hundred writes, however small
@pytest.mark.parametrize("step", [7, 64, 4096])
def test_a_message_that_is_too_long_ends_its_kernel(place: Place, step: int) -> None:
    wire = place.open(bound=20 * PART_BYTES)
    client, kernel = place.pair()
    neighbour = place.connect()
    talk = GREETING + frame(b"x" * 40, 1) * 20
    with contextlib.suppress(BrokenPipeError):
        for at in range(0, len(talk), step):
            kernel.sendall(talk[at : at + step])
    assert place.ended.wait(10)
    assert wire.has_flooded
    for plug in (client, neighbour):
        with contextlib.suppress(ConnectionResetError):
            while plug.recv(MIB):
                pass
    with pytest.raises(OSError, match="refused"):
        place.connect()


def test_half_messages_on_many_connections_are_added_up(place: Place) -> None:
    wire = place.open(bound=100 * PART_BYTES)
    listener = place.listen()
    clients, kernels = [], []
    for _ in range(6):
        clients.append(place.connect())
        kernels.append(listener.accept()[0])
    for kernel in kernels[:4]:
        kernel.sendall(GREETING + frame(b"", 1) * 24)
    for client in clients[:4]:
        read(client, len(GREETING) + 48)
    kernels[0].close()
    until(lambda: len(wire.links) == 5)
    kernels[4].sendall(GREETING + frame(b"", 1) * 20)
    read(clients[4], len(GREETING) + 40)
    assert not wire.has_flooded, "what a closed connection was sent is gone"
    kernels[5].sendall(GREETING + frame(b"", 1) * 20)
    assert place.ended.wait(10)
    for kernel in kernels:
        kernel.close()


def test_a_length_that_lies_ends_its_kernel(place: Place) -> None:
    place.open()
    _client, kernel = place.pair()
    kernel.sendall(GREETING + struct.pack(">BQ", 2, 1 << 63))
    assert place.ended.wait(10)


def test_nonsense_ends_its_connection_only(place: Place) -> None:
    wire = place.open()
    client, kernel = place.pair()
    kernel.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    with contextlib.suppress(ConnectionResetError):
        assert client.recv(100) == b""
    place.connect().sendall(b"x")
    assert not wire.has_flooded


def test_a_kernel_that_sends_much_is_slowed_down(place: Place) -> None:
    place.open(bound=MIB)
    client, kernel = place.pair()
    total = 5 * MIB
    sender = threading.Thread(target=lambda: kernel.sendall(GREETING + frame(bytes(100_000)) * (total // 100_000)))
    begun = time.monotonic()
    sender.start()
    got = 0
    while got < total - 100_000:
        got += len(client.recv(MIB))
    sender.join()
    assert 0.2 < time.monotonic() - begun < 5, "four of five megabytes at sixteen a second"


def test_a_link_in_a_sockets_place_leads_nowhere(place: Place, tmp_path: Path) -> None:
    place.open()
    listener = place.listen()
    (place.back / f"s-{PORT}").rename(place.back / "elsewhere")
    (place.back / f"s-{PORT}").symlink_to("elsewhere")
    client = place.connect()
    assert client.recv(1) == b""
    listener.settimeout(0)
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_what_a_killed_server_left_is_no_hindrance(place: Place) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(place.outer / f"w-{PORT}"))
    place.open()
    client, kernel = place.pair()
    client.sendall(b"x")
    assert kernel.recv(1) == b"x"


def test_nothing_is_left_when_it_closes(place: Place) -> None:
    before, others = descriptors(), is_relaying()
    for _ in range(3):
        use(place)
        until(lambda: is_relaying() == others)
        until(lambda: descriptors() == before)
    assert descriptors() == before


def use(place: Place) -> None:
    """Open a wire, connect five clients, and close it."""
    wire = place.open()
    listener = place.listen()
    clients = [place.connect() for _ in range(5)]
    kernels = [listener.accept()[0] for _ in clients]
    until(lambda: len(wire.links) == 5)
    wire.close()
    wire.close()
    assert clients[0].recv(1) == b""
    for plug in (listener, *clients, *kernels):
        plug.close()
    (place.back / f"s-{PORT}").unlink()


def test_a_place_that_is_missing_leaves_nothing(place: Place) -> None:
    before = descriptors()
    with pytest.raises(FileNotFoundError):
        Wire(place.outer / "missing", place.back, [PORT], bound=0, end=place.ended.set)
    with pytest.raises(FileNotFoundError):
        Wire(place.outer, place.outer / "missing", [PORT], bound=0, end=place.ended.set)
    until(lambda: descriptors() == before)


LEAVES = """
import os, sys, pathlib
from nexus_server.kernels.wire import Wire
outer = pathlib.Path(sys.argv[1])
wire = Wire(outer, outer / "k", [2], bound=0, end=print)
child = os.fork()
if not child:
    second = Wire(outer, outer / "k", [3], bound=0, end=print)
    wire.close(); second.close()
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
assert len(wire._listeners) == 1, "the child does not close its parent's"
"""


def test_a_process_that_forks_or_ends_does_not_wait_for_it(place: Place) -> None:
    done = subprocess.run([sys.executable, "-c", LEAVES, str(place.outer)], timeout=20, check=False)
    assert done.returncode == 0
