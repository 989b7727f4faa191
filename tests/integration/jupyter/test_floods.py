"""A kernel that says too much: cut off per kernel, with a notice, and nobody else waits for it."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from statistics import median
from threading import Thread
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.plugins.kernel_talk import TIMEOUT_S, KernelTalk, headers_of
from tests.plugins.sampling import sampled
from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.docker]

BURST_MB, RATE_KB_PER_S, BURST_MESSAGES, MESSAGES_PER_S = 2, 256, 200, 20
MIB = 1024 * 1024
LIMITS = {
    "output_burst_mb": BURST_MB,
    "output_kb_per_s": RATE_KB_PER_S,
    "messages_burst": BURST_MESSAGES,
    "messages_per_s": MESSAGES_PER_S,
    "message_mb": 1.5,
    "incoming_message_mb": 1,
    "replay_kb": 512,
}
#: a flood of a kind, and then the end of the cell
FLOODS = {
    "prints": "for _ in range(30): print('x' * 10**6, flush=True)",
    "display_data": "for _ in range(100): display({'text/plain': 'x' * 10**6}, raw=True)",
    "one_giant_message": "display({'text/plain': 'x' * 10**7}, raw=True)",
    "comm_messages": "from comm import create_comm\nc = create_comm(target_name='t')\nfor _ in range(2000): c.send({})",
}

#: what a cell does until the test has made `go.txt`
WAIT = "import os, time\nwhile not os.path.exists('go.txt'): time.sleep(0.05)\n"


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    return start_server(JUPYTER_CONFIG_DIR=config_dir(tmp_path_factory.mktemp("config"), {"TenancySettings": LIMITS}))


class Listener(Thread):
    """A page that reads whatever comes, until it is closed."""

    def __init__(self, talk: KernelTalk) -> None:
        super().__init__(daemon=True)
        self.talk, self.count, self.size = talk, 0, 0

    def run(self) -> None:
        try:
            while True:
                self.size += len(self.talk.socket.recv())
                self.count += 1
        except ConnectionClosed:
            return


def size_of(messages: list[dict[str, Any]]) -> int:
    return sum(len(str(message["content"])) for message in messages)


def text_of(messages: list[dict[str, Any]]) -> str:
    return "".join(each["content"]["text"] for each in messages if each["msg_type"] == "stream")


@pytest.mark.parametrize("kind", sampled(list(FLOODS), {"prints", "one_giant_message"}))
def test_a_flood_is_cut_with_a_notice_and_the_cell_ends(
    server: LiveServer, ada: httpx.Client, kernel_id: str, kind: str
) -> None:
    with KernelTalk(server.url, kernel_id, headers_of(ada)) as talk:
        started = time.monotonic()
        messages = talk.execute(FLOODS[kind])
        passed_s = time.monotonic() - started
        assert "Output limit reached" in text_of(messages)
        assert size_of(messages) < (BURST_MB + 1) * MIB + RATE_KB_PER_S * 1024 * passed_s
        # status, reply and notices are not counted with the rest
        assert len(messages) < BURST_MESSAGES + MESSAGES_PER_S * passed_s + 100
        assert messages[-1]["msg_type"] in {"execute_reply", "status"}
        assert talk.text_of("40 + 2") == "42"


def test_two_pages_share_one_budget(server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(KernelTalk(server.url, kernel_id, headers_of(ada)))
        second = Listener(stack.enter_context(KernelTalk(server.url, kernel_id, headers_of(ada))))
        second.start()
        started = time.monotonic()
        size = size_of(first.execute(FLOODS["prints"]))
        passed_s = time.monotonic() - started
    second.join(TIMEOUT_S)
    assert size + second.size < (BURST_MB + 1.5) * MIB + RATE_KB_PER_S * 1024 * passed_s
    assert second.size > 0


def test_what_an_absent_page_misses_is_bounded_and_said(server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    first = KernelTalk(server.url, kernel_id, headers_of(ada))
    request = first.send("execute_request", {"code": f"{WAIT}{FLOODS['prints']}\nprint('the end')", "silent": False})
    first.wait_until_busy(request)
    first.close()
    # What the kernel says before the server knows that the page has gone is written to the page's socket, and lost.
    wait_until(ada, kernel_id, connections=0)
    ada.put("/api/contents/go.txt", json={"type": "file", "format": "text", "content": ""}).raise_for_status()
    wait_until(ada, kernel_id, execution_state="idle")
    with KernelTalk(server.url, kernel_id, headers_of(ada), session=first.session) as again:
        messages = list(again.messages_of(request))
        assert "messages were left out" in text_of(messages)
        assert size_of(messages) < (LIMITS["replay_kb"] + 100) * 1024
        assert again.text_of("40 + 2") == "42"


def wait_until(client: httpx.Client, kernel_id: str, **wanted: object) -> None:
    """Return when the server tells this of a kernel to which nobody is connected."""
    deadline = time.monotonic() + TIMEOUT_S
    while not wanted.items() <= client.get(f"/api/kernels/{kernel_id}").json().items():
        assert time.monotonic() < deadline
        time.sleep(0.05)  # nothing to await: nobody is connected


def test_a_message_to_a_kernel_is_bounded(server: LiveServer, ada: httpx.Client, kernel_id: str) -> None:
    with KernelTalk(server.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of(f"len('{'x' * (MIB // 2)}')") == str(MIB // 2)
        with pytest.raises(ConnectionClosed) as caught:
            talk.execute(f"len('{'x' * 2 * MIB}')")
        # The server says "too big" and hangs up: what is still on its way may reset the connection before that is read.
        assert caught.value.rcvd is None or caught.value.rcvd.code == 1009
    with KernelTalk(server.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of("40 + 2") == "42"


#: frames straight into the kernel's IOPub socket, as fast as a tenth of a CPU can
RAW_FLOOD = """
import time, zmq
from threading import Event
kernel, done = get_ipython().kernel, Event()
def flood():
    send, end = kernel.iopub_thread.socket.send_multipart, time.monotonic() + 4
    while time.monotonic() < end: send([b'x', b'<IDS|MSG>', b'', b'{}', b'{}', b'{}', b'{}'])
    done.set()
kernel.iopub_thread.schedule(flood)
done.wait()
"""


@pytest.mark.parametrize(
    "flood",
    [
        pytest.param(FLOODS["display_data"], id="display_data", marks=pytest.mark.long),
        pytest.param(RAW_FLOOD, id="raw_frames"),
    ],
)
def test_a_neighbour_hardly_notices(live_server: LiveServer, flood: str) -> None:
    """The bound is wide because both kernels and this test share two processors; unbounded output goes far beyond."""
    with ExitStack() as stack:
        loud, calm = (new_kernel(live_server, stack, name) for name in ("ada", "bob"))
        calm.text_of("1 + 1")
        before = median(round_trip(calm) for _ in range(20))
        flooding = stack.enter_context(ThreadPoolExecutor(1)).submit(loud.execute, flood)
        during = [round_trip(calm)]
        while not flooding.done():
            during.append(round_trip(calm))
        assert flooding.result()[-1]["msg_type"] in {"execute_reply", "status"}, "the cell ended"
        # What is still on its way may cost the loud kernel itself the next output; then it is as before.
        deadline = time.monotonic() + TIMEOUT_S
        while not loud.text_of("40 + 2").endswith("42"):
            assert time.monotonic() < deadline
        assert median(during) < 10 * before


def new_kernel(server: LiveServer, stack: ExitStack, name: str) -> KernelTalk:
    person = stack.enter_context(closing(server.learner(name)))
    person.base_url = httpx.URL(server.url)
    kernel = person.post("/api/kernels").json()["id"]
    stack.callback(person.delete, f"/api/kernels/{kernel}")
    return stack.enter_context(KernelTalk(server.url, kernel, headers_of(person)))


def round_trip(talk: KernelTalk) -> float:
    started = time.perf_counter()
    assert talk.text_of("1 + 1") == "2"
    return time.perf_counter() - started
