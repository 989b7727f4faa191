"""What the JavaScript image's relay keeps while nobody listens: the whole program, with a kernel of ZeroMQ's own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq
from jupyter_client.session import Session

from nexus_server.kernels.connection import PORTS

RELAY = Path(__file__).parents[3] / "kernel_images" / "javascript" / "relay.py"
KEY = b"secret"
PATIENCE_MS = 20_000

#: publishes numbered lines, as many and as long as it is asked for, once a file is there
KERNEL = """
import json, os, sys, time, zmq
from jupyter_client.session import Session
info = json.load(open(sys.argv[1]))
def bind(kind, name):
    plug = zmq.Context.instance().socket(kind)
    plug.bind(f"tcp://127.0.0.1:{info[name + '_port']}")
    return plug
shell, output = bind(zmq.ROUTER, "shell"), bind(zmq.PUB, "iopub")
others = [bind(zmq.ROUTER, name) for name in ("stdin", "control", "hb")]
session = Session(key=info["key"].encode())
while True:
    whose, asked = session.recv(shell, mode=0)
    first, count, width, *gates = json.loads(asked["content"]["code"])
    def publish(kind, **content): session.send(output, kind, content, asked, ident=kind.encode())
    publish("status", execution_state="busy")
    for gate in gates:
        while not os.path.exists(gate): time.sleep(0.01)
    for number in range(first, first + count): publish("stream", name="stdout", text=f"{number}".ljust(width))
    publish("status", execution_state="idle")
    session.send(shell, "execute_reply", {"status": "ok"}, asked, whose)
"""


class Server:
    """One side of a server's life: it asks, and may listen."""

    def __init__(self, prefix: str) -> None:
        self.prefix, self.context = prefix, zmq.Context()
        self.session = Session(key=KEY)
        self.plugs: list[Any] = []
        self.shell = self._connect(zmq.DEALER, "shell_port")

    def _connect(self, kind: int, port: str) -> Any:
        plug = self.context.socket(kind)
        plug.linger = 0
        plug.rcvtimeo = PATIENCE_MS
        self.plugs.append(plug)
        plug.connect(f"ipc://{self.prefix}-{PORTS[port]}")
        return plug

    def listen(self) -> Any:
        plug = self._connect(zmq.SUB, "iopub_port")
        plug.subscribe(b"")
        return plug

    def ask(self, first: int, count: int, width: int = 4) -> None:
        self.send(first, count, width)
        self.session.recv(self.shell, mode=0)

    def send(self, first: int, count: int, width: int = 4, *gates: str, padding: int = 0) -> None:
        code = json.dumps([first, count, width, *gates]) + " " * padding
        self.session.send(self.shell, "execute_request", {"code": code})

    def hear(self, plug: Any, until: int | None = None, *, until_busy: bool = False) -> list[dict[str, Any]]:
        """Everything published until a line, and then until the cell's end; or until a cell begins."""
        found: list[dict[str, Any]] = []
        is_said = until is None
        session = Session(key=KEY)  # one that has not heard the messages on another plug
        while True:
            _, message = session.recv(plug, mode=0)
            assert message is not None
            found.append(message)
            if until_busy and message["content"].get("execution_state") == "busy":
                return found
            is_said = is_said or str(message["content"].get("text")).strip() == str(until)
            if is_said and message["content"].get("execution_state") == "idle":
                return found

    def begin_to_hear(self) -> Any:
        """Listen, and ask until something is heard: a subscription sends no event."""
        plug = self.listen()
        while not plug.poll(0):
            self.ask(0, 1)
        while plug.poll(300):
            plug.recv_multipart()
        return plug

    def end(self, linger_ms: int = 0) -> None:
        """As when the process is killed, once the system has what it said: every connection is gone after this."""
        self.context.destroy(linger=linger_ms)


def lines(messages: list[dict[str, Any]]) -> list[str]:
    return [each["content"]["text"].strip() for each in messages if each["content"].get("name") == "stdout"]


@pytest.fixture
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("k")
    prefix = str(folder / "s")
    info = {"transport": "ipc", "ip": prefix, "key": KEY.decode(), "signature_scheme": "hmac-sha256", **PORTS}
    (folder / "c.json").write_text(json.dumps(info))
    command = [sys.executable, str(RELAY), str(folder / "c.json"), "-", sys.executable, "-c", KERNEL, "{tcp_file}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as relay:
        while not all(Path(f"{prefix}-{port}").exists() for port in PORTS.values()):
            assert relay.poll() is None
        yield prefix
        assert relay.poll() is None, "it lives as long as its kernel"
        relay.terminate()


def test_the_next_listener_gets_what_was_said_meanwhile_once_and_in_order(prefix: str) -> None:
    first = Server(prefix)
    first.begin_to_hear()
    first.end()
    second = Server(prefix)
    second.ask(10, 3)
    second.end()
    third = Server(prefix)
    third.ask(20, 3)
    ear = third.listen()
    assert lines(third.hear(ear, until=22)) == ["10", "11", "12", "20", "21", "22"]
    other = third.begin_to_hear()
    third.ask(30, 3)
    assert lines(third.hear(other, until=32)) == ["30", "31", "32"], "what was kept is for the first who listens"
    assert lines(third.hear(ear, until=32))[-3:] == ["30", "31", "32"]
    third.end()


def test_what_was_asked_before_a_server_died_is_done_to_the_end(prefix: str, tmp_path: Path) -> None:
    """Also when it is more than the system holds between two processes."""
    gate = tmp_path / "gate"
    first = Server(prefix)
    ear = first.begin_to_hear()
    first.send(10, 1, 4, str(gate))
    for number in range(11, 70):
        first.send(number, 1, padding=12_000)
    assert first.hear(ear, until_busy=True)
    first.end(linger_ms=PATIENCE_MS)
    gate.touch()
    second = Server(prefix)
    assert lines(second.hear(second.listen(), until=69)) == [str(number) for number in range(10, 70)]
    second.ask(80, 1)
    second.end()


def test_who_leaves_while_another_listens_keeps_nothing(prefix: str) -> None:
    server, leaving = Server(prefix), Server(prefix)
    ear = server.begin_to_hear()
    leaving.begin_to_hear()
    while ear.poll(300):
        ear.recv_multipart()
    leaving.end()
    server.ask(10, 3)
    assert lines(server.hear(ear, until=12)) == ["10", "11", "12"]
    late = server.listen()
    while not late.poll(0):
        server.ask(20, 1)
    assert "10" not in lines(server.hear(late))
    server.end()


def test_only_the_newest_is_kept_and_that_is_said(prefix: str) -> None:
    first = Server(prefix)
    first.begin_to_hear()
    first.end()
    second = Server(prefix)
    second.ask(100, 100, width=30_000)
    second.ask(300, 1, width=200_000)
    second.ask(400, 1)
    heard = second.hear(second.listen(), until=400)
    said = lines(heard)
    assert said[-2:] == ["199", "400"], "a message too large to be cut rightly is left out"
    assert "100" not in said
    assert sum(len(each["content"].get("text", "")) for each in heard) < 1 << 20
    notices = [each["content"]["text"] for each in heard if each["content"].get("name") == "stderr"]
    assert len(notices) == 1
    assert "left out" in notices[0]
    second.end()


def test_what_nobody_ever_listened_to_is_not_kept(prefix: str) -> None:
    server = Server(prefix)
    server.ask(10, 3)
    ear = server.begin_to_hear()
    server.ask(20, 1)
    assert lines(server.hear(ear, until=20)) == ["20"]
    server.end()
