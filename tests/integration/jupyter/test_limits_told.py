"""A cell that runs into a limit without killing its kernel: the learner hears which one, everywhere."""

import json
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from tests.plugins.kernel_talk import TIMEOUT_S, KernelTalk, headers_of
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.docker]

#: errors are caught: the machine's own count tells
THREADS = """
import threading
stop, threads = threading.Event(), []
try:
    for _ in range(100):
        threads.append(threading.Thread(target=stop.wait))
        threads[-1].start()
except RuntimeError as error:
    print(error)
stop.set()
for each in threads[:-1]: each.join()
"""
#: the cell goes on after it has hit the limit, until it is told to end
LASTING = "import os, time\n" + THREADS + "while not os.path.exists('go.txt'): time.sleep(0.05)"
CHILD = """
import subprocess, sys
print(subprocess.run([sys.executable, '-c', 'x = bytearray(10**9)']).returncode)
"""
FULL = "with open('big', 'wb') as f:\n    while True: f.write(b'x' * 10**6)"
#: nothing is left of what did not fit, and the error is the only trace
BRIEF = "import os\ntry:\n    exec(FULL)\nfinally: os.remove('big')"


def limits_of(messages: list[dict[str, Any]]) -> list[str]:
    """The limits that the kernel's status messages told."""
    return [each["content"]["limit"] for each in messages if "limit" in each["content"]]


@pytest.mark.parametrize(
    ("code", "limit"),
    [
        (THREADS, "processes"),
        ("import subprocess\nrunning = [subprocess.Popen(['sleep', '9']) for _ in range(100)]", "processes"),
        (CHILD, "memory"),
        (FULL, "disk"),
        (f"FULL = {FULL!r}\n{BRIEF}", "disk"),
        ("files = [open('/dev/null') for _ in range(10_000)]", "files"),
    ],
)
def test_the_learner_hears_of_a_limit_and_the_kernel_lives(
    live_server: LiveServer, ada: httpx.Client, kernel_id: str, code: str, limit: str
) -> None:
    address = f"{live_server.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
    with (
        connect(address, additional_headers=headers_of(ada), open_timeout=TIMEOUT_S, proxy=None) as events,
        KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk,
    ):
        messages = talk.execute(code)
        while (event := json.loads(events.recv(timeout=TIMEOUT_S)))["type"] != "kernel.limit":
            pass
        assert (event["kernel_id"], event["limit"]) == (kernel_id, limit)
        assert limits_of(messages) == [limit], "before the cell ends on the page"
        assert messages[-1]["content"].get("execution_state", "idle") == "idle"
        shown = "".join(each["content"]["text"] for each in messages if each["msg_type"] == "stream")
        assert shown.count(event["message"]) == 1
        model = ada.get(f"/api/kernels/{kernel_id}").json()
        assert model["execution_state"] != "dead"
        assert model["reason"] == event["message"]
        calm = talk.execute("files = running = None\nprint('goes on')")
        assert limits_of(calm) == []
        assert "reason" not in ada.get(f"/api/kernels/{kernel_id}").json()
    ada.delete("/api/contents/big")


def test_a_limit_is_told_while_the_cell_still_runs(live_server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        request = talk.send("execute_request", {"code": LASTING, "silent": False})
        seen = []
        for message in talk.messages_of(request):
            seen.append(message)
            if "limit" in message["content"]:
                ada.put("/api/contents/go.txt", json={"type": "file", "format": "text", "content": ""})
        assert limits_of(seen) == ["processes"]
    ada.delete("/api/contents/go.txt")


def test_a_crash_after_the_process_limit_has_that_reason(
    live_server: LiveServer, ada: httpx.Client, kernel_id: str
) -> None:
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        request = talk.send("execute_request", {"code": f"{LASTING}\nos.abort()", "silent": False})
        for message in talk.messages_of(request):
            if message["content"].get("limit") == "processes":
                ada.put("/api/contents/go.txt", json={"type": "file", "format": "text", "content": ""})
        assert (message["content"]["execution_state"], message["content"]["reason"]) == ("dead", "processes")
    ada.delete("/api/contents/go.txt")


def test_an_ordinary_error_is_no_limit(live_server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        for code in ("1 / 0", "import os; os.set_blocking(0, False); raise BlockingIOError(11, 'try again')"):
            assert limits_of(talk.execute(code)) == []
