"""A request that needs its learner's home is answered as if it had reached it, whichever server it reached."""

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.acceptance.servers.conftest import Settled, SharedSite, log_in, passed_on
from tests.plugins.grading_site import until
from tests.plugins.kernel_talk import KernelTalk
from tests.plugins.nexus_processes import run_nexus

pytestmark = [pytest.mark.docker, pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(400)]

LARGE = 3 * 2**20


@pytest.fixture(scope="module")
def ada(site: SharedSite) -> Iterator[Settled]:
    with closing(site.servers["one"].learner("ada")) as learner:
        yield site.settle(learner)


@pytest.fixture
def elsewhere(ada: Settled) -> Iterator[httpx.Client]:
    """A program of the learner's that reaches the server that is not their home."""
    with closing(ada.client(ada.other)) as client:
        yield client


def test_files_are_the_same_everywhere(ada: Settled, elsewhere: httpx.Client) -> None:
    body = {"type": "file", "format": "text", "content": "x" * LARGE}
    saved = elsewhere.put("/api/contents/large.txt", json=body)
    assert saved.status_code == 201, saved.text
    with closing(ada.client(ada.home)) as at_home:
        assert len(at_home.get("/files/large.txt").raise_for_status().content) == LARGE
    downloaded = elsewhere.get("/files/large.txt").raise_for_status()
    assert downloaded.text == "x" * LARGE
    head = elsewhere.head("/files/large.txt")
    assert (head.status_code, head.content) == (200, b"")


def test_many_requests_come_by_one_connection(elsewhere: httpx.Client) -> None:
    """Bodies whose length nobody told, replies without one, refusals: none is taken for a part of another."""
    chunks = (part for part in (b'{"type": "file", "format": "text", ', b'"content": "in pieces"}'))
    elsewhere.put("/api/contents/chunked.txt", content=chunks).raise_for_status()
    assert elsewhere.get("/api/contents/chunked.txt").json()["content"] == "in pieces"
    assert elsewhere.get("/api/contents/nothing.txt").status_code == 404
    smuggled = b"GET /api/contents/chunked.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"
    refused = elsewhere.request("DELETE", "/api/contents/nothing.txt", content=(part for part in [smuggled]))
    assert refused.status_code == 404
    for _ in range(3):
        assert elsewhere.get("/api/kernels").raise_for_status().json() == []


def test_refusals_are_those_of_the_home(ada: Settled, elsewhere: httpx.Client) -> None:
    large = {"type": "file", "format": "text", "content": "x" * (17 * 2**20)}
    with closing(ada.client(ada.home)) as at_home:
        there, here = (client.put("/api/contents/huge.txt", json=large) for client in (at_home, elsewhere))
    assert here.json() == there.json()
    assert here.status_code == there.status_code >= 400
    over = elsewhere.post(f"/nexus/api/v1/nodes/{ada.user_id}/open", content=b"x" * (2 * 2**20))
    assert over.status_code == 413
    assert "larger than" in over.json()["error"]["message"]


def test_a_cell_runs_over_a_websocket_that_was_passed_on(ada: Settled, elsewhere: httpx.Client) -> None:
    kernel_id = elsewhere.post("/api/kernels", json={"name": "nexus-python"}).raise_for_status().json()["id"]
    with KernelTalk(ada.other.url, kernel_id, ada.bearer) as talk:
        assert talk.text_of("print(6 * 7)") == "42\n"
        assert len(talk.text_of("print('y' * 300_000)")) == 300_001
        with closing(ada.client(ada.home)) as at_home:
            (kernel,) = at_home.get("/api/kernels").json()
            assert (kernel["id"], kernel["connections"]) == (kernel_id, 1)
    with closing(ada.client(ada.home)) as at_home:
        until(lambda: at_home.get("/api/kernels").json()[0]["connections"] == 0, "the home hears that the tab left")
    with pytest.raises(InvalidStatus) as refused:
        KernelTalk(ada.other.url, kernel_id, {})
    assert refused.value.response.status_code == 403
    elsewhere.delete(f"/api/kernels/{kernel_id}").raise_for_status()


def test_what_needs_no_home_is_answered_where_it_came(site: SharedSite, ada: Settled, elsewhere: httpx.Client) -> None:
    before = passed_on(site)
    for path in (
        "/me",
        "/roadmaps",
        "/me/progress",
        "/badges",
        "/leaderboards/weekly_xp",
        "/me/notebook-versions?path=a",
    ):
        elsewhere.get(f"/nexus/api/v1{path}").raise_for_status()
    assert passed_on(site) == before
    elsewhere.get("/nexus/api/v1/me/limits").raise_for_status()
    assert passed_on(site) == before + 1


def test_the_home_names_itself_in_a_signed_cookie(site: SharedSite, ada: Settled) -> None:
    email = httpx.get(f"{ada.home.url}/nexus/api/v1/me", headers=ada.bearer, timeout=60).json()["email"]
    with closing(log_in(ada.other, email)) as browser:
        reply = browser.get("/api/contents/").raise_for_status()
        assert reply.cookies["nexus_home"].startswith(f"{ada.name}~")
        again = browser.get("/api/contents/").raise_for_status()
        assert "nexus_home" not in again.cookies, "it is there"
    for wrong in ("nobody~x", "one~forged", "two~forged", "~", "%00"):
        with closing(log_in(ada.other, email)) as browser:
            browser.cookies.set("nexus_home", wrong, domain="127.0.0.1")
            reply = browser.get("/api/contents/").raise_for_status()
            assert reply.cookies["nexus_home"].startswith(f"{ada.name}~"), wrong


def test_nobody_else_gets_in_where_servers_talk(site: SharedSite) -> None:
    with site.database.connect() as connection:
        port = connection.exec_driver_sql("SELECT peer_port FROM servers ORDER BY address LIMIT 1").scalar_one()
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port)) as way, anybody.wrap_socket(way) as secured:
        secured.sendall(b"GET /nexus/api/v1/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with pytest.raises((ssl.SSLError, ConnectionError)):
            secured.recv(1)


def test_the_doctor_looks_at_the_whole_site(site: SharedSite, ada: Settled) -> None:
    def look(**changes: str) -> dict[str, str]:
        environment = {**site.environment("one"), **changes}
        where = ("--data", str(site.servers["one"].data_dir))
        done = run_nexus("doctor", "--site", "--json", *where, environment=environment)
        return {each["name"]: each["status"] for each in json.loads(done.stdout)["findings"]}

    found = look()
    assert {name: found[name] for name in ("server one", "server two", "way to one", "way to two")} == dict.fromkeys(
        ("server one", "server two", "way to one", "way to two"), "ok"
    )
    strange = look(NEXUS_SITE_KEYS="x" * 40)
    assert (strange["way to one"], strange["way to two"]) == ("failure", "failure")


def test_half_a_body_changes_nothing(ada: Settled, elsewhere: httpx.Client) -> None:
    """The home hears of whoever leaves in the middle."""
    with socket.create_connection(("127.0.0.1", int(ada.other.url.rpartition(":")[2]))) as way:
        head = f"PUT /api/contents/half.txt HTTP/1.1\r\nHost: localhost\r\nAuthorization: {ada.token}\r\n"
        body = json.dumps({"type": "file", "format": "text", "content": "z" * 1000})
        way.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body[:500]}".encode())
    assert elsewhere.get("/api/contents/half.txt").status_code == 404
