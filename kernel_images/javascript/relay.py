"""For kernels that speak only TCP: start one on loopback, and carry its sockets, byte for byte, to Unix sockets.

Bytes are never changed, but a cell's `idle` and the request after it wait until its output has passed, a cell that
the kernel could not read gets the error that the kernel does not send (`ordering`), and what is said while nobody
listens is kept for the next who does (`tail`).

``relay.py CONNECTION_FILE FIRST_CELL COMMAND...`` reads Jupyter's connection file with ``transport: ipc``, writes one
with ``transport: tcp``, starts the command with ``{tcp_file}`` replaced by its path, has the kernel run the code in the
file ``FIRST_CELL`` (`-`: none), and listens at the Unix sockets once it has. Signals are handed on; the program ends
with the kernel's exit code. Standard library only, one thread, and few imports: it lives as long as the kernel and
shares its memory limit.
"""

import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable

from ordering import NotRun, Outputs, Requests, is_asleep, is_overdue
from tail import Subscription, Tail

TCP_FILE = "/tmp/connection.json"  # noqa: S108  a file system of the container's own
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
CHUNK = 65536
CONNECT_INTERVAL_S = 0.02
#: how often the kernel is looked at while something waits for it to sleep, in seconds
LOOK_INTERVAL_S = 0.002
#: and how often while its answer to a cell is still to come: looking takes from the kernel's own processor time
ANSWER_INTERVAL_S = 0.1
#: where to start, relative to the working directory
CWD = "NEXUS_CWD"
#: set by the server for kernels of the pool only
POOLED = "NEXUS_POOLED"
#: where a kernel of the pool starts, and from where it imports for ever; a claim makes it a link to the lab's folder
HERE = "/tmp/here"  # noqa: S108  a file system of the container's own


class Pump:
    """One direction of one connection. Reads only when everything read before is written."""

    def __init__(self, source: socket.socket, sink: socket.socket, look: Callable[[bytes], bytes] | None) -> None:
        """Both ends are set not to block; `look` sees what comes and returns what may pass."""
        self.source, self.sink, self.look = source, sink, look
        self.pending = memoryview(b"")

    def read(self) -> bool:
        """Take what is there and pass on what fits; False when the connection is over."""
        if self.pending:
            return True
        try:
            came = self.source.recv(CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return bool(came) and self.send(self.look(came) if self.look else came)

    def send(self, data: bytes) -> bool:
        """Pass this on after what is pending; False when the connection is over."""
        self.pending = memoryview(bytes(self.pending) + data if self.pending else data)
        return self.write()

    def write(self) -> bool:
        """Pass on what is pending; False when the connection is over."""
        try:
            while self.pending:
                self.pending = self.pending[self.sink.send(self.pending) :]
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True


class Keeper(Pump):
    """Takes the place of the pump to a client that is gone."""

    def __init__(self, source: socket.socket, look: Callable[[bytes], bytes]) -> None:
        """`look` lets whole messages pass only."""
        super().__init__(source, source, look)
        self.tail = Tail()

    def send(self, data: bytes) -> bool:
        """Keep this for the next client."""
        self.tail.keep(data)
        return True

    def write(self) -> bool:
        """Do nothing: nothing is pending."""
        return True


class Replies(Pump):
    """Answers to a client. One that is gone does not hold up what it had asked for before."""

    def write(self) -> bool:
        """Pass on what is pending, if anybody is there."""
        if not super().write():
            self.pending = memoryview(b"")
        return True


class Pair:
    """A client's connection and the kernel's, each pumped into the other."""

    def __init__(self, listener: "Listener", client: socket.socket) -> None:
        """Connect to the kernel's port for which `listener` stands. Raises OSError."""
        self.listener, self.selector = listener, listener.selector
        self.kernel = socket.create_connection(("127.0.0.1", listener.port))
        self.kernel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        #: what may make something wait; heartbeats, say, have nothing of the kind
        self.gate: Outputs | Requests | None = None
        self.subscription: Subscription | None = None
        look_up = look_down = None
        if listener.name == "shell_port":
            self.gate = requests = Requests()
            look_up, look_down = requests.feed, requests.watch
        elif listener.name == "iopub_port":
            self.gate = outputs = Outputs()
            self.subscription = Subscription()
            look_up, look_down = self.subscription.feed, outputs.feed
        self.client: socket.socket | None = client
        self.up = Pump(client, self.kernel, look_up)
        self.down = (Replies if isinstance(self.gate, Requests) else Pump)(self.kernel, client, look_down)
        #: the way down to a client that has not subscribed yet
        self.coming: Pump | None = None
        for end in (client, self.kernel):
            end.setblocking(False)  # noqa: FBT003  the socket module's signature
            self.selector.register(end, selectors.EVENT_READ, self)

    def is_waiting(self) -> bool:
        """Whether something waits until the kernel sleeps."""
        return self.gate is not None and self.kernel.fileno() >= 0 and self.gate.is_waiting()

    def release(self) -> None:
        """Let pass what waited."""
        pump = self.up if isinstance(self.gate, Requests) else self.down
        if (self.gate is not None and not pump.send(self.gate.release())) or self.is_over():
            self.close()
        else:
            self.await_all()

    def handle(self, end: socket.socket, mask: int) -> None:
        """React to what one end is ready for."""
        inward, outward = (self.up, self.down) if end is self.client else (self.down, self.up)
        lives = not mask & selectors.EVENT_WRITE or outward.write()
        lives = lives and (not mask & selectors.EVENT_READ or inward.read())
        if lives and self.coming is not None and self.subscription is not None and self.subscription.is_made:
            lives = self.hand_over(self.coming)
        if not lives or self.is_over():
            self.close()
        else:
            self.await_all()

    def is_over(self) -> bool:
        """Whether the client that asked is gone, and the kernel has done all of it."""
        return self.client is None and isinstance(self.gate, Requests) and not self.gate.is_busy()

    def await_all(self) -> None:
        """Say what is waited for at both ends."""
        if self.client is not None:
            self.await_events(self.client, self.up, self.down)
        self.await_events(self.kernel, self.down, self.up)

    def await_events(self, end: socket.socket, inward: Pump, outward: Pump) -> None:
        """Wait for input, unless the last is still on its way, and for room for what is pending."""
        is_full = inward.pending or (inward is self.up and isinstance(self.gate, Requests) and self.gate.is_full())
        events = (0 if is_full else selectors.EVENT_READ) | (selectors.EVENT_WRITE if outward.pending else 0)
        is_known = end in self.selector.get_map()
        if events and is_known:
            self.selector.modify(end, events, self)
        elif events:
            self.selector.register(end, events, self)
        elif is_known:
            self.selector.unregister(end)

    def close(self) -> None:
        """Let go of the client, and of the kernel unless that is busy for it, or to be heard for the next client."""
        if self.client is not None:
            self.let_go(self.client)
            self.client = None
            if isinstance(self.gate, Requests) and self.gate.is_busy():
                self.await_all()
                return
        if self.listener.keep(self):
            self.stay()
        else:
            self.let_go(self.kernel)

    def let_go(self, end: socket.socket) -> None:
        """Close one end."""
        if end in self.selector.get_map():
            self.selector.unregister(end)
        end.close()

    # ---- output, while no client is there ----

    def is_heard(self) -> bool:
        """Whether the kernel sends its output here: a client has subscribed, and the kernel lives."""
        if self.subscription is None or not self.subscription.is_made:
            return False
        try:
            return bool(self.kernel.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def stay(self) -> None:
        """Keep what the kernel says."""
        if not isinstance(self.down, Keeper) and isinstance(self.gate, Outputs):
            self.down = Keeper(self.kernel, self.gate.feed)
            self.gate.is_kept = self.gate.skips = True
        self.up = Pump(self.kernel, self.kernel, None)  # what the client did not get through is nobody's any more
        self.coming = None
        self.await_all()

    def welcome(self, client: socket.socket) -> None:
        """Greet the next client as the kernel greeted the first, and wait for its subscription."""
        client.setblocking(False)  # noqa: FBT003  the socket module's signature
        if not isinstance(self.gate, Outputs):
            return
        self.client, self.subscription = client, Subscription(is_known=True)
        self.up = Pump(client, self.kernel, self.subscription.feed)
        self.coming = Pump(self.kernel, client, self.gate.feed)
        self.coming.send(self.gate.hello)
        self.await_all()

    def hand_over(self, down: Pump) -> bool:
        """Send the client what was kept, and what comes from now on; False when it is gone again."""
        kept, self.down, self.coming = self.down, down, None
        if isinstance(self.gate, Outputs):
            self.gate.is_kept = False
        return not isinstance(kept, Keeper) or down.send(kept.tail.take(NotRun.key))


class Listener:
    """A Unix socket that stands for one of the kernel's ports."""

    def __init__(self, selector: selectors.BaseSelector, path: str, name: str, port: int) -> None:
        """Listen."""
        self.selector, self.name, self.port = selector, name, port
        #: the pairs with a client, and the one without, which waits for the next
        self.pairs: set[Pair] = set()
        self.kept: Pair | None = None
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(path)
        self.socket.listen(64)
        self.socket.setblocking(False)  # noqa: FBT003  the socket module's signature
        selector.register(self.socket, selectors.EVENT_READ, self)

    def handle(self, _end: socket.socket, _mask: int) -> None:
        """Accept one client."""
        client, _ = self.socket.accept()
        if self.kept is not None:
            pair, self.kept = self.kept, None
            self.pairs.add(pair)
            pair.welcome(client)
            return
        try:
            self.pairs.add(Pair(self, client))
        except OSError:
            client.close()

    def keep(self, pair: Pair) -> bool:
        """Forget a pair one end of which is gone; return whether it stays, because it was the last that heard."""
        self.pairs.discard(pair)
        if self.kept is pair:
            self.kept = None
            return False
        if self.kept is None and not self.pairs and (isinstance(pair.down, Keeper) or pair.is_heard()):
            self.kept = pair
        return self.kept is pair


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses; the sandbox is alone on its loopback."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


def wait_for(port: int, pid: int) -> None:
    """Return when the kernel listens. Exits with the kernel if that ends first."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            leave_with(pid, os.WNOHANG)
            time.sleep(CONNECT_INTERVAL_S)
        else:
            return


def leave_with(pid: int, options: int = 0) -> None:
    """End this program as the kernel ended; with WNOHANG, only if it has."""
    found, status = os.waitpid(pid, options)
    if found:
        code = os.waitstatus_to_exitcode(status)
        sys.exit(code if code >= 0 else 128 - code)


def main() -> None:
    """Relay until the kernel ends."""
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123  pathlib costs memory for nothing
        ipc = json.load(file)
    tcp = {**ipc, "transport": "tcp", "ip": "127.0.0.1", **dict(zip(PORTS, free_ports(len(PORTS)), strict=True))}
    NotRun.key = ipc["key"].encode()
    with open(TCP_FILE, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        json.dump(tcp, file)
    go_to(os.environ.pop(CWD, ""))
    if os.environ.pop(POOLED, None):
        os.mkdir(HERE)  # noqa: PTH102  pathlib costs memory for nothing
        os.chdir(HERE)
    first, *command = [part.replace("{tcp_file}", TCP_FILE) for part in sys.argv[2:]]
    pid = os.posix_spawnp(command[0], command, os.environ)
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda number, _frame: os.kill(pid, number))
    selector = selectors.DefaultSelector()
    reader, writer = socket.socketpair()
    writer.setblocking(False)  # noqa: FBT003  the socket module's signature
    signal.set_wakeup_fd(writer.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: leave_with(pid, os.WNOHANG))
    for name in PORTS:
        wait_for(tcp[name], pid)
    if first != "-":
        run_first_cell(tcp["shell_port"], first)
    for name in PORTS:
        Listener(selector, f"{ipc['ip']}-{ipc[name]}", name, tcp[name])
    selector.register(reader, selectors.EVENT_READ)
    while True:
        for key, mask in next_events(selector, pid):
            if key.data is None:
                reader.recv(CHUNK)
            elif (
                not isinstance(key.fileobj, int) and key.fileobj.fileno() >= 0
            ):  # the other end of its pair may have closed it just now
                key.data.handle(key.fileobj, mask)


def run_first_cell(port: int, path: str) -> None:
    """Return when the kernel has run the code in this file. Done by a process that takes its memory with it."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        import first_cell  # noqa: PLC0415  costs memory

        with open(path, encoding="utf-8") as file:  # noqa: PTH123  pathlib costs memory for nothing
            first_cell.run(port, NotRun.key, file.read())
    finally:
        os._exit(0)


def go_to(directory: str) -> None:
    """Change the working directory; one that is not there leaves the kernel where it is."""
    try:
        os.chdir(directory or ".")
    except OSError:
        return


def next_events(selector: selectors.BaseSelector, pid: int) -> list[tuple[selectors.SelectorKey, int]]:
    """Wait for something to do; what waits for the kernel's sleep is let pass when it sleeps and has nothing to say."""
    pairs = {key.data for key in selector.get_map().values() if isinstance(key.data, Pair)}
    waiting = [(pair, pair.gate) for pair in pairs if pair.gate is not None and pair.is_waiting()]
    if not waiting:
        return selector.select()
    asleep, events = False, selector.select(0)
    if not events and any(gate.is_ready() for _pair, gate in waiting):
        # A kernel whose output a slow client does not take yet sleeps, too.
        asleep = not any(pair.up.pending or pair.down.pending for pair in pairs) and is_asleep(pid)
        events = selector.select(0 if asleep else LOOK_INTERVAL_S)
    elif not events:
        events = selector.select(ANSWER_INTERVAL_S)  # what comes next is the kernel's answer, or nothing
    for pair, gate in waiting:
        if (asleep and not events and gate.is_ready()) or is_overdue(gate):
            pair.release()
    return events


if __name__ == "__main__":
    main()
