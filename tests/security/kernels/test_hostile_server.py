# ruff: noqa: E501  attacks read best as they would be typed
"""Attacks on the server that a learner's kernel prepares: links for the contents API, frames for the server's sockets.

One server, an attacker and a neighbour, who both use it as a browser would; the neighbour's cell is timed beside each attack.
"""

import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.plugins.kernel_talk import KernelTalk, headers_of
from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.docker, pytest.mark.slow]

SECRET = "the-server-knows-this"
#: the server refuses, or knows of no such file; never a 5xx, never a success
REFUSALS = {400, 403, 404, 409}
NEIGHBOUR_SLACK_S = 15.0


@dataclass
class Person:
    """A learner with an open notebook."""

    client: httpx.Client
    talk: KernelTalk

    def cell_time(self) -> float:
        """Seconds for a small cell."""
        begun = time.perf_counter()
        assert self.talk.text_of("1 + 1") == "2"
        return time.perf_counter() - begun


@dataclass
class Scene:
    """Both, and a file of the server that nobody may read."""

    attacker: Person
    neighbour: Person
    secret: Path
    report: list[dict[str, object]]

    def tell(self, group: str, name: str, outcome: str, before_s: float, during_s: float) -> None:
        """Note what came of an attack for the report."""
        assert during_s < before_s + NEIGHBOUR_SLACK_S, "the neighbour must not suffer"
        self.report.append(
            {
                "name": name,
                "group": group,
                "expected": "refused" if group == "contents" else "harms only itself",
                "outcome": outcome,
                "neighbour_ms_before": round(before_s * 1000, 1),
                "neighbour_ms_during": round(during_s * 1000, 1),
            }
        )


def enter(server: LiveServer, name: str, stack: ExitStack) -> Person:
    client = stack.enter_context(closing(server.learner(name)))
    client.base_url = httpx.URL(server.url)
    kernel_id = client.post("/api/kernels", json={"name": "nexus-python"}).raise_for_status().json()["id"]
    stack.callback(client.delete, f"/api/kernels/{kernel_id}")
    return Person(client, stack.enter_context(KernelTalk(server.url, kernel_id, headers_of(client))))


@pytest.fixture(scope="module")
def scene(live_server: LiveServer, report: list[dict[str, object]]) -> Iterator[Scene]:
    secret = live_server.data_dir / "secret.txt"
    secret.write_text(SECRET)
    with ExitStack() as stack:
        yield Scene(enter(live_server, "mallory", stack), enter(live_server, "bob", stack), secret, report)


#: what the kernel puts into the workspace: name to code; {secret} is the host's path of a file of the server
TRICKS = {
    "symlink to a file of the server": "os.symlink('{secret}', 'trick')",
    "symlink to the server's directory": "os.symlink(os.path.dirname('{secret}'), 'trick')",
    "symlink to the root": "os.symlink('/', 'trick')",
    "symlink by ..": "os.symlink('../' * 30 + '{secret}'.lstrip('/'), 'trick')",
    "chain of symlinks": "os.symlink('{secret}', 'first'); os.symlink('first', 'second'); os.symlink('second', 'trick')",
    "symlink in the middle of a path": "os.symlink('/', 'deep'); os.symlink('deep{secret}', 'trick')",
    "symlink through /proc": "os.symlink('/proc/self/root{secret}', 'trick')",
    "circle of symlinks": "os.symlink('trick', 'other'); os.symlink('other', 'trick')",
    "FIFO": "os.mkfifo('trick')",
    "socket": "import socket; socket.socket(socket.AF_UNIX).bind('trick')",
    "hard link to a symlink": "os.symlink('{secret}', 'soft'); os.link('soft', 'trick', follow_symlinks=False)",
}


def requests_for(path: str) -> list[tuple[str, str, dict[str, object] | None]]:
    """Everything that can be asked about one path."""
    body: dict[str, object] = {"type": "file", "format": "text", "content": "overwritten"}
    return [
        ("GET", f"/api/contents/{path}", None),
        ("GET", f"/api/contents/{path}?type=file&format=base64", None),
        ("GET", f"/files/{path}", None),
        ("PUT", f"/api/contents/{path}", body),
        ("POST", f"/api/contents/{path}/checkpoints", None),
        ("POST", "/api/contents/", {"copy_from": path}),
    ]


@pytest.mark.parametrize("name", TRICKS)
def test_what_a_kernel_makes_leads_the_contents_api_nowhere(scene: Scene, name: str) -> None:
    code = TRICKS[name].format(secret=scene.secret)
    scene.attacker.talk.text_of("import os; [os.unlink(n) for n in os.listdir('.')]")
    before = statistics.median([scene.neighbour.cell_time() for _ in range(3)])
    assert "Error" not in scene.attacker.talk.text_of(f"{code}; assert os.path.lexists('trick')")
    statuses, during = [], []
    for method, path, body in [*requests_for("trick"), *requests_for("trick/secret.txt")]:
        reply = scene.attacker.client.request(method, path, json=body, timeout=30)
        assert SECRET not in reply.text
        assert reply.status_code in REFUSALS, (method, path, reply.status_code, reply.text[:200])
        statuses.append(reply.status_code)
        during.append(scene.neighbour.cell_time())
    assert scene.secret.read_text() == SECRET
    listing = scene.attacker.client.get("/api/contents").raise_for_status()
    assert SECRET not in listing.text
    outcome = f"refused: HTTP {', '.join(str(each) for each in sorted(set(statuses)))}"
    scene.tell("contents", name, outcome, before, statistics.median(during))


def test_dots_lead_nowhere(scene: Scene) -> None:
    before = statistics.median([scene.neighbour.cell_time() for _ in range(3)])
    up = ("../", "..%2f", "%2e%2e/", "..%5c", "....//", "%252e%252e%252f", "./../")
    for step in up:
        for method, path, body in requests_for(step * 12 + str(scene.secret).lstrip("/")):
            reply = scene.attacker.client.request(method, path, json=body)
            assert SECRET not in reply.text
            assert reply.status_code in REFUSALS | {405}, (method, path, reply.status_code, reply.text[:200])
    assert scene.secret.read_text() == SECRET
    scene.tell("contents", "out of the workspace by ..", "refused", before, scene.neighbour.cell_time())


def test_a_directory_that_becomes_a_link_while_it_is_used(scene: Scene) -> None:
    """The kernel swaps a directory and a link as fast as it can, while the page writes through it."""
    before = statistics.median([scene.neighbour.cell_time() for _ in range(3)])
    directory = scene.secret.parent
    swap = (
        "import os, threading\nos.mkdir('real'); os.symlink('{directory}', 'link')\nstop = False\n"
        "def swap():\n    while not stop:\n        os.rename('real', 'trick'); os.rename('trick', 'real')\n"
        "        os.rename('link', 'trick'); os.rename('trick', 'link')\n"
        "threading.Thread(target=swap, daemon=True).start()"
    )
    clean = "import os, shutil; [shutil.rmtree(n) if os.path.isdir(n) and not os.path.islink(n) else os.unlink(n) for n in os.listdir('.')]"
    scene.attacker.talk.text_of(clean)
    scene.attacker.talk.text_of(swap.replace("{directory}", str(directory)))
    during = []
    for number in range(20):
        body = {"type": "file", "format": "text", "content": "overwritten"}
        scene.attacker.client.put("/api/contents/trick/secret.txt", json=body)
        assert SECRET not in scene.attacker.client.get("/api/contents/trick/secret.txt").text
        if number % 5 == 0:
            during.append(scene.neighbour.cell_time())
    scene.attacker.talk.text_of("stop = True")
    assert scene.secret.read_text() == SECRET
    assert not [path for path in directory.iterdir() if path.is_file() and path.read_bytes() == b"overwritten"]
    scene.tell("contents", "a directory swapped with a link", "refused", before, statistics.median(during))


#: frames on the attacker's own sockets, towards the server; `k` is the kernel, `pub` its output socket, `S` its signer
FRAMES = {
    "no delimiter": "pub.send_multipart([b'stream', b'nothing'])",
    "empty frames": "pub.send_multipart([b''] * 9)",
    "wrong signature": "pub.send_multipart([b'stream', b'<IDS|MSG>', b'0' * 64, b'{}', b'{}', b'{}', b'{}'])",
    "signed, but no JSON": "raw(b'{', b'[', b'\\xff\\xfe', b'')",
    "signed JSON of the wrong kind": "raw(b'[]', b'1', b'null', b'\"x\"')",
    "a header without what it needs": "raw(b'{}', b'{}', b'{}', b'{}')",
    "fields of the wrong type": 'raw(b\'{"msg_type": {}, "msg_id": [], "date": 5, "session": null, "version": {}}\', b\'[]\', b\'{}\', b\'[]\')',
    "deeply nested JSON": "raw(b'{\"msg_type\": \"stream\", \"msg_id\": \"1\"}', b'{}', b'{}', b'[' * 100_000 + b']' * 100_000)",
    "an unknown state of the kernel": "k.session.send(pub, 'status', {'execution_state': {'a': 1}}, {}, ident=b'status')",
    "a thousand buffers": "k.session.send(pub, 'display_data', {'data': {}, 'metadata': {}}, {}, ident=b'd', buffers=[b'x'] * 1000)",
    "a thousand malformed frames": "[pub.send_multipart([b'stream', b'<IDS|MSG>', b'', os.urandom(99)]) or i % 200 or __import__('time').sleep(0.1) for i in range(1000)]",
    "40 MB in one frame": "pub.send_multipart([b'stream', b'<IDS|MSG>', b'', bytes(40_000_000)])",
    "a reply that nobody asked for": "k.session.send(k.shell_stream if hasattr(k, 'shell_stream') else k.shell_streams[0], 'execute_reply', {'status': 'ok'}, {'msg_id': 'forged'}, ident=b'somebody')",
}
TOOLS = (
    "import os, zmq\nk = get_ipython().kernel\npub = k.iopub_socket\nS = k.session\n"
    "def raw(*parts): pub.send_multipart([b'stream', b'<IDS|MSG>', S.sign(list(parts)), *parts])"
)


@pytest.mark.parametrize("name", FRAMES)
def test_frames_that_a_kernel_forges_harm_only_itself(scene: Scene, name: str) -> None:
    before = statistics.median([scene.neighbour.cell_time() for _ in range(3)])
    told = scene.attacker.talk.text_of(f"{TOOLS}\n{FRAMES[name]}\nprint('SENT')")
    assert "SENT" in told, told
    during = statistics.median([scene.neighbour.cell_time() for _ in range(3)])
    assert scene.neighbour.client.get("/nexus/api/v1/health/live").status_code == 200
    assert scene.attacker.talk.text_of("40 + 2").endswith("42"), "the attacker's own kernel goes on, too"
    scene.tell("frames", name, "harms only itself", before, during)


#: 1.5 GB in one message, of one buffer of 16 MB
ENDLESS = """
big = bytes(16 << 20)
kernel = get_ipython().kernel
kernel.iopub_thread.schedule(lambda: kernel.iopub_thread.socket.send_multipart([b'stream', *[big] * 96], copy=False))
__import__('time').sleep(100)
"""


def test_one_message_of_endless_parts_costs_its_kernel_and_not_the_servers_memory(
    live_server: LiveServer, scene: Scene
) -> None:
    told, grown, before, during = attack(live_server, scene, ENDLESS)
    assert told[-1]["content"]["reason"] == "flood"
    # It is sent to the tab and to the server's own ear: without a bound that would be 3 GB.
    assert grown < 400
    scene.tell("frames", "one message of endless parts", "kernel ended: flood", before, during)


def attack(server: LiveServer, scene: Scene, code: str) -> tuple[list[dict[str, Any]], float, float, float]:
    """Let a third learner run a cell on a server, while the neighbour works.

    Return what the tab was told, by how many MiB the server's memory grew at most, and the neighbour's times before and
    during.
    """
    before = statistics.median([scene.neighbour.cell_time() for _ in range(3)])
    memory = Path(f"/proc/{server.process.pid}/statm")
    with ExitStack() as stack:
        eve = enter(server, "eve", stack)
        calm = most = int(memory.read_text().split()[1])
        request = eve.talk.send("execute_request", {"code": code, "silent": False})
        told: list[dict[str, Any]] = []
        reading = stack.enter_context(ThreadPoolExecutor(1)).submit(lambda: told.extend(eve.talk.messages_of(request)))
        during = []
        while not reading.done():
            during.append(scene.neighbour.cell_time())
            most = max(most, int(memory.read_text().split()[1]))
        reading.result()
    return told, (most - calm) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024, before, statistics.median(during)


#: parts of 200 bytes, ten kilobytes a second, into the connections that ZeroMQ has made: it would itself send no part
#: before the last
DRIPS = """
import os, socket, time
def plugs():
    for name in os.listdir('/proc/self/fd'):
        try: plug = socket.socket(fileno=os.dup(int(name)))
        except OSError: continue
        if plug.family == socket.AF_UNIX and not plug.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) and plug.getsockname() == '/run/kernel/s-2':
            yield plug
ears = list(plugs())
time.sleep(1)
while True:
    for ear in ears: ear.sendall(bytes([1, 200]) + bytes(200))
    time.sleep(0.02)
"""


@pytest.fixture(scope="module")
def small_scene(
    start_server: StartServer, tmp_path_factory: pytest.TempPathFactory, report: list[dict[str, object]]
) -> Iterator[tuple[LiveServer, Scene]]:
    """A server that bounds unfinished messages to 8 MiB: 400 parts, or seconds of drips."""
    config = config_dir(tmp_path_factory.mktemp("config"), {"SandboxSettings": {"flood_memory_mb": 8}})
    server = start_server(JUPYTER_CONFIG_DIR=config)
    with ExitStack() as stack:
        person = enter(server, "bob", stack)
        yield server, Scene(person, person, server.data_dir / "secret.txt", report)


def test_an_endless_message_in_slow_drips_ends_its_kernel_too(small_scene: tuple[LiveServer, Scene]) -> None:
    server, scene = small_scene
    told, grown, before, during = attack(server, scene, DRIPS)
    assert told[-1]["content"].get("reason") == "flood", told
    assert grown < 20
    scene.tell("frames", "one endless message in slow drips", "kernel ended: flood", before, during)


#: whole messages of 8 MB each, as fast as a tenth of a CPU can
WHOLE = """
import time
from threading import Event
kernel, done, big = get_ipython().kernel, Event(), bytes(8 << 20)
def send():
    end = time.monotonic() + 5
    while time.monotonic() < end: kernel.iopub_thread.socket.send_multipart([b'stream', big], copy=False)
    done.set()
kernel.iopub_thread.schedule(send)
done.wait()
"""


def test_whole_messages_without_end_are_slowed_down(live_server: LiveServer, scene: Scene) -> None:
    told, grown, before, during = attack(live_server, scene, WHOLE)
    assert told[-1]["msg_type"] in {"execute_reply", "status"}
    assert grown < 400
    scene.tell("frames", "large messages without end", f"slowed down; {grown:.0f} MiB held", before, during)
