"""How a kernel's end and a kernel's flood reach the learner."""

import json
import time
from collections.abc import Callable

import httpx
import pytest
from websockets.sync.client import connect

from tests.plugins.kernel_talk import TIMEOUT_S, KernelTalk, headers_of
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.docker]


#: fills the workspace, and ends the process as a library that cannot write might
FILL = """
import os
try:
    with open('big', 'wb') as f:
        while True: f.write(b'x' * 10**6)
except OSError:
    os._exit(1)
"""


@pytest.mark.parametrize(
    ("code", "reason"),
    [("x = []\nwhile True: x.append(' ' * 10**6)", "memory"), ("import os; os._exit(3)", "crashed"), (FILL, "disk")],
)
def test_an_end_is_told_with_its_reason_and_not_repaired_silently(
    live_server: LiveServer, ada: httpx.Client, kernel_id: str, code: str, reason: str
) -> None:
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        messages = talk.execute(code)
        assert messages[-1]["content"]["execution_state"] == "dead"
        assert messages[-1]["content"]["reason"] == reason
        told = [each["content"]["text"] for each in messages if each["msg_type"] == "stream"]
        assert any(messages[-1]["content"]["message"] in text for text in told)
    model = ada.get(f"/api/kernels/{kernel_id}").json()
    assert model["execution_state"] == "dead"
    assert model["reason"]
    # a page that opens now hears of it at once
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        while (message := talk.receive())["msg_type"] != "status":
            pass
        assert message["content"]["reason"] == reason
    assert ada.post(f"/api/kernels/{kernel_id}/restart").status_code == 200
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of("40 + 2") == "42"


def test_an_end_is_told_in_the_language_of_each_page(
    live_server: LiveServer, ada: httpx.Client, kernel_id: str
) -> None:
    german, spanish = ({**headers_of(ada), "Accept-Language": language} for language in ("de", "es"))
    address = f"{live_server.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
    with (
        connect(address, additional_headers=german, proxy=None) as events,
        KernelTalk(live_server.url, kernel_id, spanish) as talk,
    ):
        messages = talk.execute("import os; os._exit(3)")
        while (event := json.loads(events.recv(timeout=TIMEOUT_S)))["type"] != "kernel.died":
            pass
    assert event["message"].startswith("Der Kernel ist abgestürzt.")
    assert messages[-1]["content"]["message"].startswith("El kernel falló.")
    assert any("El kernel falló." in each["content"].get("text", "") for each in messages)


def test_a_message_that_is_too_large_is_left_out_with_a_notice_and_the_cell_ends(
    live_server: LiveServer, ada: httpx.Client, kernel_id: str
) -> None:
    code = "from IPython.display import display\ndisplay({'text/plain': 'x' * 9_000_000}, raw=True)"
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        messages = talk.execute(code)
        assert all(each["msg_type"] != "display_data" for each in messages)
        assert any("Output limit reached" in each["content"].get("text", "") for each in messages)
        assert talk.text_of("40 + 2") == "42"


def test_what_is_no_message_closes_the_socket_only(live_server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    for nonsense in ("", "{", "[]", '{"channel": "shell"}', b"\x00\x01\x02"):
        with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
            talk.socket.send(nonsense)
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of("40 + 2") == "42"


def test_output_of_an_absent_page_is_replayed(live_server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    code = (
        "import os, time\nwhile not os.path.exists('go.txt'): time.sleep(0.05)\n"
        "print('while away', flush=True)\nopen('done.txt', 'w').close()"
    )
    first = KernelTalk(live_server.url, kernel_id, headers_of(ada))
    request = first.send("execute_request", {"code": code, "silent": False})
    first.wait_until_busy(request)
    first.close()
    until(lambda: ada.get(f"/api/kernels/{kernel_id}").json()["connections"] == 0)
    ada.put("/api/contents/go.txt", json={"type": "file", "format": "text", "content": ""}).raise_for_status()
    until(lambda: ada.get("/api/contents/done.txt?content=0").status_code == 200)
    with KernelTalk(live_server.url, kernel_id, headers_of(ada), session=first.session) as again:
        text = [each["content"].get("text") for each in again.messages_of(request) if each["msg_type"] == "stream"]
    assert text == ["while away\n"]


def until(condition: Callable[[], bool]) -> None:
    """Ask until it is so; the suite's own time limit ends a test that waits in vain."""
    while not condition():
        time.sleep(0.05)  # nothing to await: another process changes it
