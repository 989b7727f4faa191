"""A server that root started is nobody in particular, and its helper has the rights."""

import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from nexus_server.kernels.helper.places import Places
from tests.plugins.kernel_talk import KernelTalk, headers_of
from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [
    pytest.mark.docker,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up"),
]
NOTEBOOK = {"path": "a.ipynb", "name": "a.ipynb", "type": "notebook", "kernel": {"name": "nexus-python"}}
USER = "nexus"
TIMEOUT_S = 60


def jupyter(server: LiveServer, learner: httpx.Client) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers=headers_of(learner), timeout=TIMEOUT_S)


def start_kernel(server: LiveServer, learner: httpx.Client) -> KernelTalk:
    with jupyter(server, learner) as client:
        return talk_of(client.post("/api/sessions", json=NOTEBOOK), server, learner)


def start_kernel_once_it_can(server: LiveServer, learner: httpx.Client) -> KernelTalk:
    """Start a kernel as a client does that is told to try again while the helper is away."""
    replies: list[httpx.Response] = []

    def is_answered() -> bool:
        replies.append(client.post("/api/sessions", json=NOTEBOOK))
        return replies[-1].status_code != httpx.codes.SERVICE_UNAVAILABLE

    with jupyter(server, learner) as client:
        until(is_answered)
    return talk_of(replies[-1], server, learner)


def talk_of(reply: httpx.Response, server: LiveServer, learner: httpx.Client) -> KernelTalk:
    return KernelTalk(server.url, reply.raise_for_status().json()["kernel"]["id"], headers_of(learner))


def kernel_of(server: LiveServer, learner: httpx.Client) -> str:
    with jupyter(server, learner) as client:
        return str(client.get("/api/kernels").json()[0]["id"])


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def helper_of(server: LiveServer) -> int:
    """The process that does the helper's work: the only child of the one that watches it."""
    (watcher,) = [child for child in children(server.process.pid) if b"kernels.helper" in command(child)]
    (worker,) = children(watcher)
    return worker


def command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another process does, which sends no event."""
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def status_of(pid: int) -> dict[str, list[str]]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}


@pytest.fixture(scope="module")
def server(start_server: StartServer) -> LiveServer:
    return start_server(is_forked=False, NEXUS_SERVER_USER=USER, NEXUS_POOL_SIZE="1")


def test_the_server_has_no_rights_left_and_cannot_get_any(server: LiveServer) -> None:
    status = status_of(server.process.pid)
    assert "0" not in status["Uid"] + status["Gid"]
    assert status["Groups"] == []
    assert {int(status[name][0], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {0}
    assert status["NoNewPrivs"] == ["1"]


def test_the_server_cannot_speak_with_the_engine(server: LiveServer) -> None:
    status = status_of(server.process.pid)
    uid, gid = int(status["Uid"][0]), int(status["Gid"][0])
    assert "PermissionError" in connecting(Path("/var/run/docker.sock"), uid, gid)


def test_everything_in_the_data_directory_is_the_servers_but_for_the_file_systems(server: LiveServer) -> None:
    uid = int(status_of(server.process.pid)["Uid"][0])
    names = {path.name: path.lstat().st_uid for path in server.data_dir.iterdir() if path != server.log}
    assert names.pop("workspaces") == 0
    assert set(names.values()) == {uid}
    gid = int(status_of(server.process.pid)["Gid"][0])
    workspaces = (server.data_dir / "workspaces").stat()
    assert (workspaces.st_gid, stat.S_IMODE(workspaces.st_mode)) == (gid, 0o751), (
        "listed by the server, changed by root"
    )
    assert stat.S_IMODE(server.data_dir.stat().st_mode) == 0o700


def test_server_and_kernel_change_each_others_files_whatever_their_modes_are(server: LiveServer) -> None:
    ada = server.learner("ada")
    with start_kernel(server, ada) as talk, jupyter(server, ada) as client:
        body = {"type": "file", "format": "text", "content": "by the server"}
        client.put("/api/contents/notes.txt", json=body).raise_for_status()
        code = (
            "import os\nprint(open('notes.txt').read(), os.stat('notes.txt').st_uid == os.getuid())\n"
            "open('notes.txt', 'w').write('by the kernel'); os.chmod('notes.txt', 0o600)\n"
            "os.mkdir('own'); open('own/file.txt', 'w').write('x'); os.chmod('own', 0o700)"
        )
        assert talk.text_of(code) == "by the server True\n"
        assert client.get("/api/contents/notes.txt").json()["content"] == "by the kernel"
        client.delete("/api/contents/own/file.txt").raise_for_status()
        client.delete("/api/contents/own").raise_for_status()
        assert talk.text_of("print(os.listdir())") == "['notes.txt']\n"
    ada.close()


def test_a_helper_that_crashes_is_started_again_and_kernels_live_on(server: LiveServer) -> None:
    ada, bob = server.learner("ada"), server.learner("bob")
    with start_kernel(server, ada) as talk:
        assert talk.text_of("x = 41; print(x)") == "41\n"
        before = helper_of(server)
        os.kill(before, signal.SIGKILL)
        with start_kernel_once_it_can(server, bob) as other:
            assert other.text_of("print('started')") == "started\n"
        assert helper_of(server) != before
        assert talk.text_of("print(x + 1)") == "42\n"
    ada.close()
    bob.close()


def test_while_the_helper_says_nothing_a_start_waits_and_everybody_else_is_served(server: LiveServer) -> None:
    ada, bob = server.learner("ada"), server.learner("bob")
    with jupyter(server, ada) as client:
        client.get("/api/contents").raise_for_status()  # the workspace is open
    helper = helper_of(server)
    os.kill(helper, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(1) as starting:
            start = starting.submit(start_kernel, server, ada)
            until(lambda: is_asked_something(server))
            assert [bob.get("/me").status_code for _ in range(20)] == [200] * 20
            assert not start.done()
            os.kill(helper, signal.SIGCONT)
            with start.result(TIMEOUT_S) as talk:
                assert talk.text_of("print(1)") == "1\n"
    finally:
        os.kill(helper, signal.SIGCONT)
    ada.close()
    bob.close()


def is_asked_something(server: LiveServer) -> bool:
    """Whether bytes wait on the helper's side that it has not read."""
    listed = subprocess.run(["ss", "-xHn", "state", "connected"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines() if f"/{server.process.pid}.sock" in line]
    return any(row[2] != "0" for row in rows)


def test_a_stopped_server_leaves_no_helper_and_no_mount(start_server: StartServer) -> None:
    server = start_server(NEXUS_SERVER_USER=USER, NEXUS_POOL_SIZE="1")
    ada = server.learner("ada")
    with start_kernel(server, ada) as talk:
        assert talk.text_of("print(1)") == "1\n"
    ada.close()
    helper = helper_of(server)
    server.process.terminate()
    server.process.wait(60)
    mounted = Path("/proc/self/mountinfo").read_text()
    assert str(server.data_dir / "workspaces") not in mounted
    until(lambda: not Path(f"/proc/{helper}").exists())


def test_a_killed_server_takes_its_helper_along_and_the_next_finds_its_kernels(
    start_server: StartServer, tmp_path: Path
) -> None:
    first = start_server(NEXUS_SERVER_USER=USER, NEXUS_POOL_SIZE="0")
    ada = first.learner("ada")
    talk, kernel_id = start_kernel(first, ada), kernel_of(first, ada)
    assert talk.text_of("x = 42; print(x)") == "42\n"
    helper = helper_of(first)
    first.process.kill()
    first.process.wait(30)
    until(lambda: not Path(f"/proc/{helper}").exists())
    # Root's closed configuration is read, and nothing is written into it.
    config = config_dir(tmp_path, {"SandboxSettings": {"max_kernels": 7}})
    second = start_server(first.data_dir, NEXUS_SERVER_USER=USER, NEXUS_POOL_SIZE="0", JUPYTER_CONFIG_DIR=config)
    assert [path.name for path in tmp_path.iterdir()] == ["jupyter_config.json"]
    with KernelTalk(second.url, kernel_id, headers_of(ada)) as again:
        assert again.text_of("print(x)") == "42\n"
    ada.close()


def test_only_the_servers_user_may_connect_to_the_helper(server: LiveServer) -> None:
    uid = int(status_of(server.process.pid)["Uid"][0])
    path = Places.of(server.data_dir, uid, uid).socket(server.process.pid)
    assert (stat.S_IMODE(path.stat().st_mode), path.stat().st_uid) == (0o600, uid)
    assert "PermissionError" in connecting(path, 65534, 65534)


def connecting(path: Path, uid: int, gid: int) -> str:
    """What Python says of somebody else's connecting to a socket."""
    code = f"import socket; socket.socket(socket.AF_UNIX).connect({str(path)!r})"
    command = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "/usr/bin/python3", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/").stderr
