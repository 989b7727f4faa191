"""A cell that runs too long: interrupted, then its kernel killed, whether or not a page is there to see it."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from tests.plugins.content import write_content
from tests.plugins.kernel_talk import TIMEOUT_S, KernelTalk, headers_of
from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.docker]

LIMIT_S, LAB_LIMIT_S = 2, 3
STUBBORN = """
import time
while True:
    try:
        while True: time.sleep(0.1)
    except KeyboardInterrupt:
        print('no', flush=True)
"""


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """Its one lab has a limit of its own."""
    limits = {"TenancySettings": {"cell_timeout_s": LIMIT_S, "interrupt_grace_s": 6}}
    content = write_content(tmp_path_factory.mktemp("content"))
    roadmap = content / "tiny/roadmap.yaml"
    own = f"pass_score: 0.5, limits: {{cell_timeout_s: {LAB_LIMIT_S}}}"
    roadmap.write_text(roadmap.read_text().replace("pass_score: 0.5", own))
    return start_server(
        JUPYTER_CONFIG_DIR=config_dir(tmp_path_factory.mktemp("config"), limits), NEXUS_CONTENT_DIR=str(content)
    )


def events_until(server: LiveServer, ada: httpx.Client, kind: str, act: Callable[[], Any]) -> dict[str, Any]:
    """Open the event socket, act, and return the first event of this kind."""
    address = f"{server.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
    with connect(address, additional_headers=headers_of(ada), open_timeout=TIMEOUT_S, proxy=None) as socket:
        act()
        while (event := json.loads(socket.recv(timeout=TIMEOUT_S)))["type"] != kind:
            pass
    found: dict[str, Any] = event
    return found


def texts(messages: list[dict[str, Any]]) -> str:
    return "".join(each["content"]["text"] for each in messages if each["msg_type"] == "stream")


@pytest.mark.parametrize(
    "code", ["while True: pass", pytest.param("import asyncio\nawait asyncio.sleep(600)", marks=pytest.mark.long)]
)
def test_a_cell_over_the_limit_is_interrupted_and_the_kernel_lives(
    server: LiveServer, ada: httpx.Client, kernel_id: str, code: str
) -> None:
    with KernelTalk(server.url, kernel_id, headers_of(ada)) as talk:
        talk.execute("x = 42")
        seen: list[dict[str, Any]] = []
        event = events_until(server, ada, "cell.interrupted", lambda: seen.extend(talk.execute(code)))
        assert event["reason"] == "wall_clock"
        assert event["kernel_id"] == kernel_id
        assert f"may run for {LIMIT_S} seconds" in texts(seen)
        assert [each["content"]["status"] for each in seen if each["msg_type"] == "execute_reply"] == ["error"]
        assert talk.text_of("x") == "42"


def test_a_cell_within_the_limit_is_left_alone(server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    with KernelTalk(server.url, kernel_id, headers_of(ada)) as talk:
        for _ in range(3):  # together longer than the limit
            assert talk.text_of(f"import time; time.sleep({LIMIT_S / 2}); print('done')") == "done\n"


def test_a_cell_that_will_not_end_costs_the_kernel(server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    with KernelTalk(server.url, kernel_id, headers_of(ada)) as talk:
        seen: list[dict[str, Any]] = []
        event = events_until(server, ada, "kernel.died", lambda: seen.extend(talk.execute(STUBBORN)))
    assert event["reason"] == "wall_clock"
    assert event["message"] in texts(seen)
    assert seen[-1]["content"]["execution_state"] == "dead"
    assert seen[-1]["content"]["reason"] == "wall_clock"
    model = ada.get(f"/api/kernels/{kernel_id}").json()
    assert (model["execution_state"], model["reason"]) == ("dead", event["message"])
    assert ada.post(f"/api/kernels/{kernel_id}/restart").status_code == 200
    with KernelTalk(server.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of("40 + 2") == "42"


def test_the_limit_holds_with_no_page_and_the_page_learns_of_it_later(
    server: LiveServer, ada: httpx.Client, kernel_id: str
) -> None:
    first = KernelTalk(server.url, kernel_id, headers_of(ada))
    request = first.send("execute_request", {"code": STUBBORN, "silent": False})
    first.wait_until_busy(request)
    first.close()
    deadline = time.monotonic() + TIMEOUT_S
    while ada.get(f"/api/kernels/{kernel_id}").json()["execution_state"] != "dead":
        assert time.monotonic() < deadline
        time.sleep(0.05)  # nothing to await: nobody is connected
    with KernelTalk(server.url, kernel_id, headers_of(ada), session=first.session) as again:
        messages = list(again.messages_of(request))
    assert "Time limit reached" in texts(messages), "the notice was kept"
    assert "no\n" in texts(messages), "and so was what the cell printed"
    assert messages[-1]["content"]["reason"] == "wall_clock"


def test_a_lab_may_set_its_own_limit(server: LiveServer, ada: httpx.Client) -> None:
    kernel = ada.post("/api/kernels", json={"path": "tiny/lab"}, timeout=TIMEOUT_S).json()["id"]
    with KernelTalk(server.url, kernel, headers_of(ada)) as talk:
        assert f"may run for {LAB_LIMIT_S} seconds" in texts(talk.execute("while True: pass"))
    ada.delete(f"/api/kernels/{kernel}")
