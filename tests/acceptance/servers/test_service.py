"""A server is taken out of service, and one dies: its learners hear it, and go on at another one with their files."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.acceptance.servers.conftest import NAMES, Settled, SharedSite
from tests.plugins.grading_site import until
from tests.plugins.kernel_talk import KernelTalk
from tests.plugins.nexus_processes import run_nexus
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.docker, pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(400)]

PATIENCE_S = 90.0


@pytest.fixture
def ada(site: SharedSite) -> Iterator[Settled]:
    """A learner with a file and a kernel at home."""
    with closing(site.servers["one"].learner("ada")) as learner:
        settled = site.settle(learner)
        with closing(settled.client(settled.home)) as client:
            body = {"type": "file", "format": "text", "content": "what I did"}
            client.put("/api/contents/work.txt", json=body).raise_for_status()
        yield settled


@contextmanager
def events_of(server: LiveServer, learner: Settled) -> Iterator[ClientConnection]:
    address = f"{server.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
    with connect(address, additional_headers=learner.bearer, open_timeout=PATIENCE_S, proxy=None) as socket:
        yield socket


def wait_for_event(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        event: dict[str, Any] = json.loads(socket.recv(timeout=PATIENCE_S))
        if event["type"] == kind:
            return event


def nexus_servers(site: SharedSite, ada: Settled, *arguments: str) -> str:
    """Run `nexus servers` as the operator of the learner's home, and return what it prints."""
    where = ("--data", str(ada.home.data_dir))
    done = run_nexus("servers", *arguments, *where, environment=site.environment(ada.name))
    assert done.returncode == 0, done.stderr
    return done.stdout


def goes_on(site: SharedSite, ada: Settled) -> None:
    """The learner's files are open at the other server, and a new kernel starts there."""
    with closing(ada.client(ada.other)) as client:
        until(lambda: client.get("/api/contents/work.txt").status_code == 200, "the learner is at home elsewhere")
        assert client.get("/files/work.txt").text == "what I did"
        (other,) = set(NAMES) - {ada.name}
        assert site.home_of(ada.user_id)[0] == other
        assert client.get("/api/kernels").raise_for_status().json() == []
        kernel_id = client.post("/api/kernels").raise_for_status().json()["id"]
        with KernelTalk(ada.other.url, kernel_id, ada.bearer) as talk:
            assert talk.text_of("open('work.txt').read()") == "'what I did'"
        client.delete(f"/api/kernels/{kernel_id}").raise_for_status()


def start_kernel(ada: Settled) -> str:
    with closing(ada.client(ada.home)) as client:
        found: str = client.post("/api/kernels").raise_for_status().json()["id"]
        return found


def test_a_server_is_drained(site: SharedSite, ada: Settled) -> None:
    kernel_id = start_kernel(ada)
    with events_of(ada.other, ada) as events:
        assert "takes no new learners" in nexus_servers(site, ada, "drain", ada.name, "--deadline", "600")
        warned = wait_for_event(events, "kernel.limit")
        assert (warned["kernel_id"], warned["limit"]) == (kernel_id, "server")
        assert "10 minutes" in warned["message"]
        with KernelTalk(ada.other.url, kernel_id, ada.bearer) as talk:
            assert talk.text_of("1 + 1") == "2", "it goes on until the deadline"
        with closing(site.servers["one"].learner("new")) as newcomer:
            assert site.settle(newcomer).name != ada.name, "it takes no new learners"
        assert "takes learners again" in nexus_servers(site, ada, "drain", ada.name, "--undo")
        nexus_servers(site, ada, "drain", ada.name, "--deadline", "0")
        died = wait_for_event(events, "kernel.died")
        assert (died["kernel_id"], died["reason"]) == (kernel_id, "server_drained")
        assert ada.home.process.wait(PATIENCE_S) == 0, "it stops when nothing is left"
    goes_on(site, ada)
    site.servers[ada.name] = site.start(ada.name)
    states = json.loads(nexus_servers(site, ada, "list", "--json"))
    assert {server["address"]: server["state"] for server in states} == dict.fromkeys(NAMES, "ready")


def test_a_server_dies(site: SharedSite, ada: Settled) -> None:
    kernel_id = start_kernel(ada)
    with events_of(ada.other, ada) as events:
        ada.home.process.kill()
        ada.home.process.wait(PATIENCE_S)
        with closing(ada.client(ada.other)) as client:
            away = client.get("/api/contents/work.txt")
            if away.status_code != 200:  # where this machine was so busy that the lease is over
                assert away.status_code == 503
                assert away.json()["error"]["code"] == "home_unreachable"
                assert int(away.headers["Retry-After"]) >= 1
            client.get("/nexus/api/v1/me").raise_for_status()
        died = wait_for_event(events, "kernel.died")
        assert (died["kernel_id"], died["reason"]) == (kernel_id, "server_gone")
    goes_on(site, ada)
    site.servers[ada.name] = site.start(ada.name)
    with closing(ada.client(site.servers[ada.name])) as client:
        assert client.get("/api/contents/work.txt").status_code == 200, "it passes requests on when it is back"
