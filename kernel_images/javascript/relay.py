"""For kernels that speak only TCP: start one on loopback, and carry its sockets, byte for byte, to Unix sockets.

``relay.py CONNECTION_FILE COMMAND...`` reads Jupyter's connection file with ``transport: ipc``, writes one with
``transport: tcp``, starts the command with ``{tcp_file}`` replaced by its path, and listens at the Unix sockets once
the kernel answers. Signals are handed on; the program ends with the kernel's exit code. Standard library only, one
thread, and few imports: it lives as long as the kernel and shares its memory limit.
"""

import json
import os
import selectors
import signal
import socket
import sys
import time

TCP_FILE = "/tmp/connection.json"  # noqa: S108  a file system of the container's own
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
CHUNK = 65536
CONNECT_INTERVAL_S = 0.02


class Pump:
    """One direction of one connection. Reads only when everything read before is written."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        """Both ends are set not to block."""
        self.source, self.sink = source, sink
        self.pending = memoryview(b"")

    def read(self) -> bool:
        """Take what is there and pass on what fits; False when the connection is over."""
        if self.pending:
            return True
        try:
            self.pending = memoryview(self.source.recv(CHUNK))
        except BlockingIOError:
            return True
        except OSError:
            return False
        return bool(self.pending) and self.write()

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


class Pair:
    """A client's connection and the kernel's, each pumped into the other."""

    def __init__(self, selector: selectors.BaseSelector, client: socket.socket, port: int) -> None:
        """Connect to the kernel. Raises OSError."""
        self.selector, self.client = selector, client
        self.kernel = socket.create_connection(("127.0.0.1", port))
        self.kernel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.up = Pump(client, self.kernel)
        self.down = Pump(self.kernel, client)
        for end in (client, self.kernel):
            end.setblocking(False)  # noqa: FBT003  the socket module's signature
            selector.register(end, selectors.EVENT_READ, self)

    def handle(self, end: socket.socket, mask: int) -> None:
        """React to what one end is ready for."""
        inward, outward = (self.up, self.down) if end is self.client else (self.down, self.up)
        lives = not mask & selectors.EVENT_WRITE or outward.write()
        lives = lives and (not mask & selectors.EVENT_READ or inward.read())
        if not lives:
            self.close()
            return
        self.await_events(self.client, self.up, self.down)
        self.await_events(self.kernel, self.down, self.up)

    def await_events(self, end: socket.socket, inward: Pump, outward: Pump) -> None:
        """Wait for input, unless the last is still on its way, and for room for what is pending."""
        events = (0 if inward.pending else selectors.EVENT_READ) | (selectors.EVENT_WRITE if outward.pending else 0)
        is_known = end in self.selector.get_map()
        if events and is_known:
            self.selector.modify(end, events, self)
        elif events:
            self.selector.register(end, events, self)
        elif is_known:
            self.selector.unregister(end)

    def close(self) -> None:
        """Let go of both ends."""
        for end in (self.client, self.kernel):
            if end in self.selector.get_map():
                self.selector.unregister(end)
            end.close()


class Listener:
    """A Unix socket that stands for one of the kernel's ports."""

    def __init__(self, selector: selectors.BaseSelector, path: str, port: int) -> None:
        """Listen."""
        self.selector, self.port = selector, port
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(path)
        self.socket.listen(64)
        self.socket.setblocking(False)  # noqa: FBT003  the socket module's signature
        selector.register(self.socket, selectors.EVENT_READ, self)

    def handle(self, _end: socket.socket, _mask: int) -> None:
        """Accept one client."""
        client, _ = self.socket.accept()
        try:
            Pair(self.selector, client, self.port)
        except OSError:
            client.close()


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
    with open(TCP_FILE, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        json.dump(tcp, file)
    command = [part.replace("{tcp_file}", TCP_FILE) for part in sys.argv[2:]]
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
    for name in PORTS:
        Listener(selector, f"{ipc['ip']}-{ipc[name]}", tcp[name])
    selector.register(reader, selectors.EVENT_READ)
    while True:
        for key, mask in selector.select():
            if key.data is None:
                reader.recv(CHUNK)
            elif key.fileobj.fileno() >= 0:  # the other end of its pair may have closed it just now
                key.data.handle(key.fileobj, mask)


if __name__ == "__main__":
    main()
