"""A site with one place: who comes next waits and sees it, one too many is refused, and who idles makes room."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.plugins.kernel_talk import TIMEOUT_S, KernelTalk, headers_of
from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.docker]

SETTINGS = {
    "SandboxSettings": {"max_kernels": 1, "queue_limit": 1, "queue_timeout_s": 120},
    "LearnerKernelManager": {"cull_idle_timeout": 8, "cull_interval": 1},
}
#: a cell that keeps its kernel in use until a file appears
BUSY = "import os, time\nwhile not os.path.exists('go.txt'): time.sleep(0.05)"


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    return start_server(JUPYTER_CONFIG_DIR=config_dir(tmp_path_factory.mktemp("config"), SETTINGS))


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def person(server: LiveServer, stack: ExitStack, name: str) -> tuple[httpx.Client, ClientConnection]:
    """Return a learner's client of Jupyter's API, and the learner's event socket."""
    client = stack.enter_context(closing(server.learner(name)))
    client.base_url = httpx.URL(server.url)
    address = f"{server.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
    headers = headers_of(client)
    return client, stack.enter_context(connect(address, additional_headers=headers, open_timeout=TIMEOUT_S, proxy=None))


def next_event(events: ClientConnection, kind: str) -> dict[str, Any]:
    while (event := json.loads(events.recv(timeout=TIMEOUT_S)))["type"] != kind:
        pass
    found: dict[str, Any] = event
    return found


def test_one_waits_one_is_refused_and_an_idle_kernel_makes_room(server: LiveServer, stack: ExitStack) -> None:
    ada, ada_events = person(server, stack, "ada")
    bob, bob_events = person(server, stack, "bob")
    eve, _ = person(server, stack, "eve")
    kernel_id = ada.post("/api/kernels").json()["id"]
    tab = stack.enter_context(KernelTalk(server.url, kernel_id, headers_of(ada)))
    tab.send("execute_request", {"code": BUSY, "silent": False})

    waiting = stack.enter_context(ThreadPoolExecutor(1)).submit(bob.post, "/api/kernels")
    assert next_event(bob_events, "queue.position")["position"] == 1
    refused = eve.post("/api/kernels")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert "place" in refused.json()["message"]

    # Ada's cell ends; her tab stays open and asks nothing more
    ada.put("/api/contents/go.txt", json={"type": "file", "format": "text", "content": ""}).raise_for_status()
    died = next_event(ada_events, "kernel.died")
    assert (died["kernel_id"], died["reason"]) == (kernel_id, "idle")
    while (message := tab.receive())["content"].get("execution_state") != "dead":
        pass
    assert message["content"]["reason"] == "idle"
    assert ada.get("/api/kernels").json() == []

    assert next_event(bob_events, "queue.position")["position"] == 0
    reply = waiting.result(TIMEOUT_S)
    assert reply.status_code == 201
    # Bob has no tab at all: the server ends his kernel all the same
    died = next_event(bob_events, "kernel.died")
    assert (died["kernel_id"], died["reason"]) == (reply.json()["id"], "idle")
