"""A JavaScript kernel behind the server: the same limits, and every word of a cell before the cell's end."""

import json
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from tests.plugins.kernel_talk import TIMEOUT_S, KernelTalk, headers_of
from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.long, pytest.mark.docker]

LIMIT_S = 3
#: sending takes several times as long as printing, and the reply comes before all of it
PRINTING = """{
  let n = 0
  const end = Date.now() + 1500
  while (Date.now() < end) console.log(++n)
  console.log("last", n)
}"""
#: what an interrupt ends, and what it does not; waiting for a promise that nobody keeps it ends sometimes only
ENDLESS = "while (true) {}"
STUBBORN = "while (true) await new Promise((done) => setTimeout(done, 9))"


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    limits = {"TenancySettings": {"cell_timeout_s": LIMIT_S, "interrupt_grace_s": 8}}
    return start_server(JUPYTER_CONFIG_DIR=config_dir(tmp_path_factory.mktemp("config"), limits), NEXUS_POOL_SIZE="0")


def test_limits_are_kept_and_told_and_output_is_whole(server: LiveServer) -> None:
    with ExitStack() as stack:
        ada = server.learner("ada")
        client = stack.enter_context(httpx.Client(base_url=server.url, headers=headers_of(ada), timeout=TIMEOUT_S))
        kernel_id = client.post("/api/kernels", json={"name": "nexus-javascript"}).raise_for_status().json()["id"]
        address = f"{server.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
        events = stack.enter_context(connect(address, additional_headers=headers_of(ada), proxy=None))
        talk = stack.enter_context(KernelTalk(server.url, kernel_id, headers_of(ada)))
        talk.execute("const kept = 42")
        printed = text_of(talk.execute(PRINTING)).splitlines()
        assert printed[-1] == f"last {len(printed) - 1}"
        seen = talk.execute(ENDLESS)
        assert f"may run for {LIMIT_S} seconds" in text_of(seen)
        replies = [each["content"]["status"] for each in seen if each["msg_type"] == "execute_reply"]
        assert replies == ["error"]
        assert next_event(events, "cell.interrupted")["kernel_id"] == kernel_id
        assert talk.text_of("kept") == "42"
        died = talk.execute(STUBBORN)
        assert died[-1]["content"]["reason"] == "wall_clock"
        assert next_event(events, "kernel.died")["reason"] == "wall_clock"
        client.post(f"/api/kernels/{kernel_id}/restart").raise_for_status()
    with KernelTalk(server.url, kernel_id, headers_of(ada)) as talk:
        died = talk.execute("const hog = []; while (true) hog.push(new Uint8Array(1 << 20).fill(1))")
        assert died[-1]["content"]["reason"] == "memory"
    ada.close()


def text_of(messages: list[dict[str, Any]]) -> str:
    return "".join(each["content"]["text"] for each in messages if each["msg_type"] == "stream")


def next_event(events: Any, kind: str) -> dict[str, Any]:
    while (event := json.loads(events.recv(timeout=TIMEOUT_S)))["type"] != kind:
        pass
    found: dict[str, Any] = event
    return found
