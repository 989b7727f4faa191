"""The server is killed and started again: learners keep their kernels, and no container is left without an owner."""

import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.plugins.kernel_talk import TIMEOUT_S, KernelTalk, headers_of
from tests.plugins.kernels import docker
from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.docker, pytest.mark.slow]

NOTEBOOK = {"path": "lab.ipynb", "type": "notebook", "name": "lab.ipynb", "kernel": {"name": "nexus-python"}}
#: a cell that speaks when it is told to, and never ends
CELL = """
import os, time
while not os.path.exists('go.txt'): time.sleep(0.05)
print('said after the crash', flush=True)
open('done.txt', 'w').close()
while True: time.sleep(0.1)
"""


#: from now on nothing that the kernel says is a message
BABBLE = """
k = get_ipython().kernel
def send(stream, kind, content=None, parent=None, ident=None, *rest, **more):
    stream.send_multipart([*(ident if isinstance(ident, list) else [ident]), b'<IDS|MSG>', b'junk'])
open('done.txt', 'w').close()
k.session.send = send
"""


#: a cell that speaks, and ends, while no server is there
ALONE = """
import os, time
while not os.path.exists('go.txt'): time.sleep(0.05)
for number in range(100): print('line', number, flush=number % 10 == 0)
try: 1 / 0
finally: open('done.txt', 'w').close()
"""


#: the same in JavaScript
ALONE_JAVASCRIPT = """
const isThere = (name) => { try { Deno.statSync(name); return true } catch { return false } }
while (!isThere('go.txt')) await new Promise((done) => setTimeout(done, 50))
for (let number = 0; number < 100; number++) console.log('line', number)
Deno.writeTextFileSync('done.txt', '')
throw new RangeError('the end')
"""


def workspace_of(server: LiveServer, learner: httpx.Client) -> Path:
    """Where the learner's files are on this machine."""
    return server.data_dir / "workspaces" / str(learner.get("/me").json()["id"])


def jupyter(server: LiveServer, learner: httpx.Client) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers=headers_of(learner), timeout=TIMEOUT_S)


def crash(server: LiveServer) -> None:
    server.process.kill()
    server.process.wait(30)


@pytest.mark.parametrize(
    ("pool_size", "ending"),
    [
        # a killed one's kernels are in the tests below, too
        pytest.param("0", signal.SIGKILL, marks=pytest.mark.long),
        pytest.param("1", signal.SIGKILL, marks=pytest.mark.long),
        ("1", signal.SIGTERM),
    ],
)
def test_kernels_outlive_their_server(start_server: StartServer, pool_size: str, ending: signal.Signals) -> None:
    first = start_server(NEXUS_POOL_SIZE=pool_size, NEXUS_END_KERNELS="0")
    ada = first.learner("ada")
    with jupyter(first, ada) as client:
        kernel_id = client.post("/api/sessions", json=NOTEBOOK).json()["kernel"]["id"]
    with KernelTalk(first.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of("open('kept.txt', 'w').write('kept'); x = 42; print(x)") == "42\n"
    first.process.send_signal(ending)
    first.process.wait(60)

    second = start_server(first.data_dir, NEXUS_POOL_SIZE="0")
    # The first thing that is asked waits until the kernels are back: no page hears that its kernel does not exist.
    with (
        KernelTalk(second.url, kernel_id, headers_of(ada)) as talk,
        jupyter(second, ada) as client,
    ):
        assert talk.text_of("print(x, open('kept.txt').read())") == "42 kept\n"
        assert [found["id"] for found in client.get("/api/kernels").json()] == [kernel_id]
        assert [found["kernel"]["id"] for found in client.get("/api/sessions").json()] == [kernel_id]
        client.delete(f"/api/kernels/{kernel_id}").raise_for_status()
    lock = first.data_dir / "run" / "server.lock"
    assert docker("ps", "-aq", "--filter", f"label=nexus.lock={lock}") == ""
    ada.close()


def run_on_without_a_server(server: LiveServer, tab: KernelTalk, workspace: Path) -> None:
    """Crash the server under a cell that waits for `go.txt`, and return when the cell has made `done.txt`."""
    crash(server)
    tab.close()
    (workspace / "go.txt").touch()
    deadline = time.monotonic() + TIMEOUT_S
    while not (workspace / "done.txt").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)  # nothing to await: no server runs


def told_until_answered(talk: KernelTalk, *requests: str) -> list[dict[str, Any]]:
    told, unanswered = list[dict[str, Any]](), set(requests)
    while unanswered:
        told.append(talk.receive())
        if told[-1]["msg_type"] == "execute_reply":
            unanswered.remove(told[-1]["parent_header"]["msg_id"])
    return told


def test_what_a_cell_says_while_no_server_runs_is_shown_and_the_cell_ends(start_server: StartServer) -> None:
    first = start_server(NEXUS_POOL_SIZE="0")
    ada = first.learner("ada")
    with jupyter(first, ada) as client:
        kernel_id = client.post("/api/sessions", json=NOTEBOOK).json()["kernel"]["id"]
    workspace = workspace_of(first, ada)
    tab = KernelTalk(first.url, kernel_id, headers_of(ada))
    tab.execute("x = 1")
    request = tab.send("execute_request", {"code": ALONE, "silent": False, "stop_on_error": False})
    queued = tab.send("execute_request", {"code": "y = 41", "silent": False})
    tab.wait_until_busy(request)
    tab.wait_until_taken()
    run_on_without_a_server(first, tab, workspace)

    second = start_server(first.data_dir, NEXUS_POOL_SIZE="0")
    with (
        KernelTalk(second.url, kernel_id, headers_of(ada), session=tab.session) as again,
        jupyter(second, ada) as client,
    ):
        told = told_until_answered(again, request, queued)
        text = "".join(each["content"]["text"] for each in told if each["msg_type"] == "stream")
        assert text == "".join(f"line {number}\n" for number in range(100)), "each once and in order"
        assert [each["content"]["ename"] for each in told if each["msg_type"] == "error"] == ["ZeroDivisionError"]
        replies = [each["content"] for each in told if each["msg_type"] == "execute_reply"]
        assert [(each["status"], each["execution_count"]) for each in replies] == [("error", 2), ("ok", 3)]
        assert again.text_of("x + y") == "42"
        client.delete(f"/api/kernels/{kernel_id}").raise_for_status()
    ada.close()


@pytest.mark.long
def test_what_a_javascript_cell_says_while_no_server_runs_is_shown_too(start_server: StartServer) -> None:
    first = start_server(NEXUS_POOL_SIZE="0")
    ada = first.learner("ada")
    with jupyter(first, ada) as client:
        body = {**NOTEBOOK, "kernel": {"name": "nexus-javascript"}}
        kernel_id = client.post("/api/sessions", json=body).json()["kernel"]["id"]
    workspace = workspace_of(first, ada)
    tab = KernelTalk(first.url, kernel_id, headers_of(ada))
    tab.execute("const x = 1")
    request = tab.send("execute_request", {"code": ALONE_JAVASCRIPT, "silent": False})
    queued = [
        tab.send("execute_request", {"code": f"const y{number} = {number} // {'y' * 6_000}"}) for number in range(60)
    ]
    tab.wait_until_busy(request)
    tab.wait_until_taken()
    run_on_without_a_server(first, tab, workspace)

    second = start_server(first.data_dir, NEXUS_POOL_SIZE="0")
    with (
        KernelTalk(second.url, kernel_id, headers_of(ada), session=tab.session) as again,
        jupyter(second, ada) as client,
    ):
        told = told_until_answered(again, request, *queued)
        text = "".join(each["content"]["text"] for each in told if each["msg_type"] == "stream")
        assert text == "".join(f"line {number}\n" for number in range(100)), "each once and in order"
        replies = [each["content"]["status"] for each in told if each["msg_type"] == "execute_reply"]
        assert replies == ["error", *["ok"] * len(queued)], "what waited behind it ran, too"
        assert again.text_of("x + y41") == "42"
        client.delete(f"/api/kernels/{kernel_id}").raise_for_status()
    ada.close()


def events_of(server: LiveServer, learner: httpx.Client, stack: ExitStack) -> ClientConnection:
    address = f"{server.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
    headers = headers_of(learner)
    return stack.enter_context(connect(address, additional_headers=headers, open_timeout=TIMEOUT_S, proxy=None))


def test_a_server_that_stops_says_so_and_waits_for_no_start(start_server: StartServer, tmp_path: Path) -> None:
    config = config_dir(tmp_path, {"SandboxSettings": {"max_kernels": 1}})
    server = start_server(NEXUS_POOL_SIZE="0", JUPYTER_CONFIG_DIR=config)
    with ExitStack() as stack:
        ada, bob = (stack.enter_context(closing(server.learner(name))) for name in ("ada", "bob"))
        adas, bobs = (events_of(server, learner, stack) for learner in (ada, bob))
        client = stack.enter_context(jupyter(server, ada))
        kernel_id = client.post("/api/sessions", json=NOTEBOOK).json()["kernel"]["id"]
        tab = stack.enter_context(KernelTalk(server.url, kernel_id, headers_of(ada)))
        tab.execute("x = 1")
        waiting = stack.enter_context(ThreadPoolExecutor(1)).submit(bob.post, f"{server.url}/api/kernels")
        while json.loads(bobs.recv(timeout=TIMEOUT_S)).get("position") != 1:
            pass
        server.process.send_signal(signal.SIGTERM)
        while (message := tab.receive())["content"].get("execution_state") != "dead":
            pass
        assert message["content"]["reason"] == "server_restart"
        while (event := json.loads(adas.recv(timeout=TIMEOUT_S)))["type"] != "kernel.died":
            pass
        assert (event["kernel_id"], event["reason"]) == (kernel_id, "server_restart")
        assert server.process.wait(TIMEOUT_S) == 0
        assert waiting.exception(TIMEOUT_S) is not None or waiting.result().status_code >= 400
    assert "HTTPError" not in server.log.read_text(), "nothing is ended that never began"
    lock = server.data_dir / "run" / "server.lock"
    assert docker("ps", "-aq", "--filter", f"label=nexus.lock={lock}") == ""


def test_a_kernel_that_answers_nonsense_keeps_nobody_else_from_coming_back(start_server: StartServer) -> None:
    first = start_server(NEXUS_POOL_SIZE="0")
    kernels = {}
    people = {name: first.learner(name) for name in ("mallory", "bob")}
    for name, person in people.items():
        with jupyter(first, person) as client:
            kernels[name] = client.post("/api/sessions", json=NOTEBOOK).json()["kernel"]["id"]
    with KernelTalk(first.url, kernels["bob"], headers_of(people["bob"])) as talk:
        talk.execute("x = 42")
    with KernelTalk(first.url, kernels["mallory"], headers_of(people["mallory"])) as talk:
        talk.send("execute_request", {"code": BABBLE, "silent": False})
        with jupyter(first, people["mallory"]) as client:
            deadline = time.monotonic() + TIMEOUT_S
            while client.get("/api/contents/done.txt?content=0").status_code != 200:
                assert time.monotonic() < deadline
                time.sleep(0.05)  # nothing to await: the kernel says nothing any more
    crash(first)
    second = start_server(first.data_dir, NEXUS_POOL_SIZE="0")
    with KernelTalk(second.url, kernels["bob"], headers_of(people["bob"])) as talk:
        assert talk.text_of("x") == "42"
    for name, person in people.items():
        with jupyter(second, person) as client:
            client.delete(f"/api/kernels/{kernels[name]}").raise_for_status()
        person.close()


def test_a_cell_that_runs_through_the_crash_is_shown_and_stopped(start_server: StartServer, tmp_path: Path) -> None:
    first = start_server()
    ada = first.learner("ada")
    with jupyter(first, ada) as client:
        kernel_id = client.post("/api/sessions", json=NOTEBOOK).json()["kernel"]["id"]
    tab = KernelTalk(first.url, kernel_id, headers_of(ada))
    request = tab.send("execute_request", {"code": CELL, "silent": False})
    tab.wait_until_busy(request)
    crash(first)
    tab.close()

    limits = {"TenancySettings": {"cell_timeout_s": 15, "interrupt_grace_s": 30}}
    second = start_server(first.data_dir, JUPYTER_CONFIG_DIR=config_dir(tmp_path, limits))
    with jupyter(second, ada) as client:
        assert client.get(f"/api/kernels/{kernel_id}").json()["execution_state"] == "busy"
        client.put("/api/contents/go.txt", json={"type": "file", "format": "text", "content": ""}).raise_for_status()
        deadline = time.monotonic() + TIMEOUT_S
        while client.get("/api/contents/done.txt?content=0").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)  # nothing to await: no page is connected
        # Loaded anew the page has another session: the kernel's own reply goes to the one that it had.
        with KernelTalk(second.url, kernel_id, headers_of(ada)) as again:
            told = [message["content"] for message in again.messages_of(request)]
            assert again.text_of("40 + 2") == "42"
        text = "".join(content.get("text", "") for content in told)
        assert "said after the crash\n" in text, "what was said before the page came back"
        assert any(content.get("ename") == "KeyboardInterrupt" for content in told), "the limit holds after a crash too"
        client.delete(f"/api/kernels/{kernel_id}").raise_for_status()
    ada.close()
