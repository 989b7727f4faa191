"""The server is killed and started again: learners keep their kernels, and no container is left without an owner."""

import time

import httpx
import pytest

from tests.plugins.kernel_talk import KernelTalk, headers_of
from tests.plugins.kernels import docker
from tests.plugins.server import StartServer

#: the server listens a moment before it has taken its kernels over
ADOPTION_TIMEOUT_S = 90.0


def first_kernels(client: httpx.Client) -> list[str]:
    """The learner's kernels, as soon as there are any."""
    deadline = time.monotonic() + ADOPTION_TIMEOUT_S
    while time.monotonic() < deadline:
        if found := [kernel["id"] for kernel in client.get("/api/kernels").json()]:
            return found
        time.sleep(0.05)  # nothing to await: the server sends no event before the learner's tab is connected
    return []


pytestmark = [pytest.mark.docker, pytest.mark.slow]


@pytest.mark.parametrize("pool_size", ["0", "1"])
def test_kernels_outlive_a_killed_server(start_server: StartServer, pool_size: str) -> None:
    first = start_server(NEXUS_POOL_SIZE=pool_size)
    ada = first.learner("ada")
    with httpx.Client(base_url=first.url, headers=headers_of(ada), timeout=60) as client:
        body = {"path": "lab.ipynb", "type": "notebook", "name": "lab.ipynb", "kernel": {"name": "nexus-python"}}
        session = client.post("/api/sessions", json=body).json()
    kernel_id = session["kernel"]["id"]
    with KernelTalk(first.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of("open('kept.txt', 'w').write('kept'); x = 42; print(x)") == "42\n"
    first.process.kill()
    first.process.wait(30)

    second = start_server(first.data_dir, NEXUS_POOL_SIZE="0")
    with httpx.Client(base_url=second.url, headers=headers_of(ada), timeout=60) as client:
        assert first_kernels(client) == [kernel_id]
        assert [found["kernel"]["id"] for found in client.get("/api/sessions").json()] == [kernel_id]
        with KernelTalk(second.url, kernel_id, headers_of(ada)) as talk:
            assert talk.text_of("print(x, open('kept.txt').read())") == "42 kept\n"
        client.delete(f"/api/kernels/{kernel_id}").raise_for_status()
    lock = first.data_dir / "run" / "server.lock"
    assert docker("ps", "-aq", "--filter", f"label=nexus.lock={lock}") == ""
    ada.close()
