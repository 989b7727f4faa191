"""Jupyter Server's own scenarios for kernels and their WebSockets, asked of the running server."""

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.plugins.kernel_talk import TIMEOUT_S, KernelTalk, headers_of
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.docker]

V1 = Subprotocol("v1.kernel.websocket.jupyter.org")
UNKNOWN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(scope="module")
def ada(live_server: LiveServer) -> Iterator[httpx.Client]:
    with closing(live_server.learner("ada")) as client:
        client.base_url = httpx.URL(live_server.url)
        yield client
        for kernel in client.get("/api/kernels").json():
            client.delete(f"/api/kernels/{kernel['id']}")


@pytest.fixture(scope="module")
def kernel_id(ada: httpx.Client) -> str:
    return str(ada.post("/api/kernels").json()["id"])


def state_of(ada: httpx.Client, kernel_id: str) -> str:
    return str(ada.get(f"/api/kernels/{kernel_id}").json()["execution_state"])


def test_the_state_stays_busy_until_the_cell_itself_is_over(
    live_server: LiveServer, ada: httpx.Client, kernel_id: str
) -> None:
    """An answer on the control channel has an `idle` of its own, which is not the kernel's."""
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        cell = talk.send("execute_request", {"code": "while True: pass", "silent": False})
        talk.wait_until_busy(cell)
        assert state_of(ada, kernel_id) == "busy"
        asked = talk.send("kernel_info_request", {}, channel="control")
        assert [each["msg_type"] for each in talk.messages_of(asked)].count("kernel_info_reply") == 1
        assert state_of(ada, kernel_id) == "busy"
        assert ada.post(f"/api/kernels/{kernel_id}/interrupt").status_code == 204
        ends = [each["content"].get("ename") for each in talk.messages_of(cell) if each["msg_type"] == "execute_reply"]
        assert ends == ["KeyboardInterrupt"]
        while state_of(ada, kernel_id) != "idle":
            pass  # the server listens beside the page; the suite's time limit ends a wait in vain


def test_pages_are_counted(live_server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    path = f"/api/kernels/{kernel_id}"
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as one:
        with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as two:
            assert two.text_of("1") == "1"
            assert ada.get(path).json()["connections"] == 2
        while ada.get(path).json()["connections"] != 1:
            pass  # the suite's time limit ends a wait in vain
        assert one.text_of("2") == "2"
    while ada.get(path).json()["connections"]:
        pass


def test_both_pages_see_what_one_of_them_runs(live_server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    with (
        KernelTalk(live_server.url, kernel_id, headers_of(ada)) as one,
        KernelTalk(live_server.url, kernel_id, headers_of(ada)) as two,
    ):
        request = one.send("execute_request", {"code": "print('for both')", "silent": False})
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1]["content"].get("execution_state") != "idle":
            message = two.receive()
            if message["parent_header"].get("msg_id") == request:
                seen.append(message)
        assert [each["content"].get("text") for each in seen if each["msg_type"] == "stream"] == ["for both\n"]
        assert not [each for each in seen if each["msg_type"].endswith("_reply")], "an answer is for who asked"


def test_input_is_asked_of_the_page_that_runs_the_cell(
    live_server: LiveServer, ada: httpx.Client, kernel_id: str
) -> None:
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        code = "print('hello', input('name? '))"
        request = talk.send("execute_request", {"code": code, "silent": False, "allow_stdin": True})
        told = []
        for message in talk.messages_of(request):
            if message["msg_type"] == "input_request":
                assert message["content"]["prompt"] == "name? "
                talk.send("input_reply", {"value": "Ada"}, channel="stdin")
            told.append(message["content"].get("text", ""))
        assert "hello Ada\n" in told


def test_the_binary_protocol(live_server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    """What JupyterLab speaks: offsets, then the channel and the message's parts, as they come from the kernel."""
    address = f"{live_server.url.replace('http', 'ws', 1)}/api/kernels/{kernel_id}/channels"
    with connect(
        address, additional_headers=headers_of(ada), subprotocols=[V1], open_timeout=TIMEOUT_S, proxy=None
    ) as socket:
        assert socket.subprotocol == V1
        header = {"msg_id": "one", "msg_type": "execute_request", "username": "", "session": "s", "version": "5.3"}
        content = {"code": "print('framed')", "silent": False}
        socket.send(framed("shell", {**header, "date": "2030-01-01T00:00:00Z"}, content))
        told: dict[str, list[Any]] = {}
        while "execute_reply" not in told or "idle" not in told.get("status", []):
            channel, kind, parent, found = unframed(socket.recv(timeout=TIMEOUT_S))
            assert channel in {"shell", "iopub", "control"}
            if parent.get("msg_id") == "one":
                told.setdefault(kind, []).append(found.get("text") or found.get("execution_state") or found)
        assert told["stream"] == ["framed\n"]
        assert told["execute_reply"][0]["status"] == "ok"


def framed(channel: str, header: dict[str, Any], content: dict[str, Any]) -> bytes:
    parts = [channel.encode(), *(json.dumps(part).encode() for part in (header, {}, {}, content))]
    offsets = [8 * (2 + len(parts))]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    return b"".join(number.to_bytes(8, "little") for number in [len(offsets), *offsets]) + b"".join(parts)


def unframed(raw: str | bytes) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    """Return a message's channel, type, parent header and content."""
    assert isinstance(raw, bytes)
    count = int.from_bytes(raw[:8], "little")
    offsets = [int.from_bytes(raw[8 * (1 + n) : 8 * (2 + n)], "little") for n in range(count)]
    parts = [raw[begin:end] for begin, end in pairwise(offsets)]
    return parts[0].decode(), json.loads(parts[1])["msg_type"], json.loads(parts[2]), json.loads(parts[4])


def test_a_kernel_that_does_not_exist_has_no_socket(live_server: LiveServer, ada: httpx.Client) -> None:
    with pytest.raises(InvalidStatus) as refused:
        KernelTalk(live_server.url, UNKNOWN, headers_of(ada))
    assert refused.value.response.status_code == 404


def test_a_kernel_in_a_directory(live_server: LiveServer, ada: httpx.Client) -> None:
    ada.put("/api/contents/foo", json={"type": "directory"}).raise_for_status()
    started = ada.post("/api/kernels", json={"name": "nexus-python", "path": "foo"}).json()
    with KernelTalk(live_server.url, started["id"], headers_of(ada)) as talk:
        assert talk.text_of("import os; print(os.getcwd())") == "/home/learner/work/foo\n"
    assert ada.delete(f"/api/kernels/{started['id']}").status_code == 204


def test_two_kernels_are_listed_and_one_restarts(ada: httpx.Client, kernel_id: str) -> None:
    other = ada.post("/api/kernels", json={"name": "nexus-python"}).json()
    listed = {each["id"]: each["name"] for each in ada.get("/api/kernels").json()}
    assert listed == {kernel_id: "nexus-python", other["id"]: "nexus-python"}
    assert ada.post(f"/api/kernels/{other['id']}/interrupt").status_code == 204
    restarted = ada.post(f"/api/kernels/{other['id']}/restart").json()
    assert (restarted["id"], restarted["name"]) == (other["id"], other["name"])
    assert ada.delete(f"/api/kernels/{other['id']}").status_code == 204
    gone = ada.delete(f"/api/kernels/{other['id']}")
    assert (gone.status_code, bool(gone.json()["message"])) == (404, True)


def test_replies_may_not_be_framed_or_run(ada: httpx.Client) -> None:
    policy = ada.get("/api/kernels").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "default-src 'none'" in policy


def test_a_kernel_that_does_not_exist_cannot_start(ada: httpx.Client) -> None:
    reply = ada.post("/api/kernels", json={"name": "bad"})
    assert (reply.status_code, bool(reply.json()["message"])) == (404, True)
