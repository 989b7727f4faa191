"""Jupyter Server's traps for a server of many learners: each has a test, here or where `TRAPS` says."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.plugins.kernel_talk import KernelTalk, headers_of
from tests.plugins.server import PASSWORD, ROOT, LiveServer

EVIL = "https://evil.example"
MATRIX = "tests/security/test_matrix.py::test_people_get_in_or_not"
CLOSED = "tests/security/test_matrix.py::test_what_is_closed_is_closed_for_everybody"
TWO = "tests/integration/jupyter/test_two_learners.py"
CONTENTS = "tests/unit/jupyter/contents/test_manager.py"
DIRECTORY = "tests/unit/files/test_directory.py"
ENDS = "tests/integration/jupyter/test_kernel_ends.py"
HERE = "tests/security/test_traps.py"

#: every trap that the design names, and what would fail if somebody fell into it
TRAPS: dict[str, list[str]] = {
    "`@authorized` remembers its first caller's action and resource": [MATRIX],
    "the authorizer sees types, never ids": [MATRIX, f"{TWO}::test_a_stranger_sees_nothing"],
    "POST /api/sessions with the same path hands one another's kernel": [
        f"{TWO}::test_the_same_path_is_another_session"
    ],
    "kernel.id and kernel_id attach to a stranger's kernel, or end it": [
        f"{TWO}::test_a_stranger_cannot_attach",
        f"{TWO}::test_a_stranger_cannot_end_interrupt_or_restart",
        f"{TWO}::test_the_client_does_not_choose_ids",
    ],
    "/files/ goes past the contents manager": [
        f"{TWO}::test_files_are_shared_with_the_own_kernel_only",
        f"{HERE}::test_a_page_among_the_files_cannot_act",
    ],
    "resolvePath, terminals, shutdown, events, nbconvert, view, lsp, config": [CLOSED],
    "/metrics": [MATRIX],
    "Lab workspaces and settings are everybody's": [
        "tests/unit/jupyter/lab/test_workspaces.py::test_any_name_is_only_a_name",
        f"{HERE}::test_lab_settings_and_layouts_are_each_learners_own",
    ],
    "kernelspecs show argv and env": [f"{TWO}::test_a_kernel_that_is_no_product_is_not_there"],
    "token authentication skips XSRF and Origin checks": [
        f"{HERE}::test_a_cookie_is_no_token",
        f"{HERE}::test_another_sites_page_cannot_open_a_kernels_socket",
        "tests/security/test_contract.py::test_no_other_origin_may_read_replies",
    ],
    "?token= is read": ["tests/security/test_tenancy_credentials.py::test_a_token_in_the_url_opens_nothing"],
    "a WebSocket is never asked again who it is": [
        "tests/security/test_tenancy_credentials.py::test_logging_out_ends_the_token_and_the_open_socket",
        "tests/security/test_tenancy_credentials.py::test_a_disabled_account_is_out_at_once",
    ],
    "a client-chosen session_id evicts another's": [f"{HERE}::test_the_same_session_id_evicts_nobody"],
    "the server's environment goes into kernels": ["tests/security/kernels/test_hostile.py::test_attack"],
    "FileContentsManager follows links": [
        f"{DIRECTORY}::test_links_do_not_exist",
        f"{DIRECTORY}::test_a_race_of_links_never_leads_outside",
        f"{CONTENTS}::test_no_path_leads_to_another_learner",
    ],
    "output that its author trusts runs for an instructor": [
        f"{CONTENTS}::test_one_learner_s_trust_is_not_another_s",
        f"{HERE}::test_a_page_among_the_files_cannot_act",
    ],
    "bodies of 512 MB": [f"{HERE}::test_bodies_and_headers_are_bounded"],
    "the buffer for absent tabs": [
        "tests/unit/jupyter/messages/test_replay.py::test_the_newest_messages_are_kept",
        "tests/unit/jupyter/messages/test_replay.py::test_the_number_of_messages_is_bounded_too",
    ],
    "display_data is not limited": [
        f"{ENDS}::test_a_message_that_is_too_large_is_left_out_with_a_notice_and_the_cell_ends",
        "tests/unit/tenancy/test_flood.py::test_many_small_messages_are_a_flood_too",
    ],
}


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_has_its_test(trap: str) -> None:
    for test in TRAPS[trap]:
        path, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), test


@pytest.fixture(scope="module")
def ada(live_server: LiveServer) -> Iterator[httpx.Client]:
    with (
        closing(live_server.learner("ada")) as client,
        httpx.Client(base_url=live_server.url, headers=headers_of(client), timeout=60) as found,
    ):
        yield found


@pytest.fixture
def browser(live_server: LiveServer) -> Iterator[httpx.Client]:
    """A browser that is logged in by cookies."""
    with live_server.client() as client:
        body = {"email": f"{id(client)}@example.org", "password": PASSWORD, "display_name": "Ada"}
        client.post("/auth/register", json=body).raise_for_status()
        client.post("/auth/login", json=body).raise_for_status()
        client.base_url = httpx.URL(live_server.url)
        yield client


@pytest.mark.parametrize("name", ["page.html", "page.xhtml", "picture.svg", "feed.xml", "lab.ipynb", "page.HTM"])
def test_a_page_among_the_files_cannot_act(ada: httpx.Client, name: str) -> None:
    text = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    body = {"type": "file", "format": "text", "content": text}
    if name.endswith("ipynb"):
        body = {"type": "notebook", "content": {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}}  # type: ignore[dict-item]
    ada.put(f"/api/contents/{name}", json=body).raise_for_status()
    reply = ada.get(f"/files/{name}").raise_for_status()
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert "allow-scripts" not in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Disposition"].startswith("attachment")


def test_lab_settings_and_layouts_are_each_learners_own(live_server: LiveServer, ada: httpx.Client) -> None:
    theme = "/lab/api/settings/@jupyterlab/apputils-extension:themes"
    ada.put(theme, json={"raw": '{"theme": "JupyterLab Dark"}'}).raise_for_status()
    layout = {"data": {}, "metadata": {"id": "secret-project"}}
    ada.put("/lab/api/workspaces/secret-project", json=layout).raise_for_status()
    with (
        closing(live_server.learner("bob")) as client,
        httpx.Client(base_url=live_server.url, headers=headers_of(client), timeout=60) as bob,
    ):
        assert "Dark" in ada.get(theme).json()["raw"]
        assert "Dark" not in bob.get(theme).json()["raw"]
        assert "secret-project" in ada.get("/lab/api/workspaces").text
        assert "secret-project" not in bob.get("/lab/api/workspaces").text


def test_a_cookie_is_no_token(browser: httpx.Client) -> None:
    body = {"type": "file", "format": "text", "content": "x"}
    assert browser.get("/api/contents").status_code == 200
    assert browser.put("/api/contents/x.txt", json=body).status_code == 403
    headers = {"X-XSRFToken": browser.cookies["_xsrf"]}
    assert browser.put("/api/contents/x.txt", json=body, headers=headers).status_code == 201
    assert browser.get("/api/contents", headers={"Origin": EVIL}).status_code in (403, 404)
    assert "Access-Control-Allow-Origin" not in browser.get("/api/me", headers={"Origin": EVIL}).headers


@pytest.mark.docker
def test_another_sites_page_cannot_open_a_kernels_socket(live_server: LiveServer, browser: httpx.Client) -> None:
    headers = {"X-XSRFToken": browser.cookies["_xsrf"]}
    kernel_id = browser.post("/api/kernels", headers=headers).raise_for_status().json()["id"]
    address = f"{live_server.url.replace('http', 'ws', 1)}/api/kernels/{kernel_id}/channels?session_id=x"
    cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    with pytest.raises(InvalidStatus) as caught:
        connect(address, additional_headers={**cookies, "Origin": EVIL}, open_timeout=60, proxy=None)
    assert caught.value.response.status_code == 403
    with connect(address, additional_headers={**cookies, "Origin": live_server.url}, open_timeout=60, proxy=None):
        pass  # our own page is let in
    browser.delete(f"/api/kernels/{kernel_id}", headers=headers).raise_for_status()


@pytest.mark.docker
def test_the_same_session_id_evicts_nobody(live_server: LiveServer, ada: httpx.Client) -> None:
    with (
        closing(live_server.learner("bob")) as client,
        httpx.Client(base_url=live_server.url, headers=headers_of(client), timeout=60) as bob,
    ):
        ids = [person.post("/api/kernels").raise_for_status().json()["id"] for person in (ada, bob)]
        with (
            KernelTalk(live_server.url, ids[0], headers_of(ada), session="same") as hers,
            KernelTalk(live_server.url, ids[1], headers_of(bob), session="same") as his,
        ):
            assert his.text_of("print('his')") == "his\n"
            assert hers.text_of("print('hers')") == "hers\n"
        for person, kernel_id in zip((ada, bob), ids, strict=True):
            person.delete(f"/api/kernels/{kernel_id}").raise_for_status()


@pytest.mark.parametrize(
    "head",
    [
        b"PUT /api/contents/x.txt HTTP/1.1\r\nHost: %(host)s\r\nContent-Length: 536870912\r\n\r\n",
        b"PATCH /nexus/api/v1/me HTTP/1.1\r\nHost: %(host)s\r\nContent-Length: 536870912\r\n\r\n",
        b"GET /nexus/api/v1/me HTTP/1.1\r\nHost: %(host)s\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET /nexus/api/v1/me HTTP/1.1\r\nHost: %(host)s\r\n" + b"X-Many: x\r\n" * 20_000 + b"\r\n",
    ],
    ids=["jupyter's body", "our body", "a long header", "many headers"],
)
def test_bodies_and_headers_are_bounded(live_server: LiveServer, head: bytes) -> None:
    address = urlsplit(live_server.url)
    assert address.hostname is not None
    assert address.port is not None
    reply = b""
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        try:
            connection.sendall(head % {b"host": address.netloc.encode()})
            while piece := connection.recv(65536):
                reply += piece
        except ConnectionError:
            pass  # hung up on while it still talked
    # refused before anything of a body was read, and the connection is closed
    assert not reply or reply.split(b" ", 2)[1] in (b"400", b"413", b"431")
    assert httpx.get(f"{live_server.url}/nexus/api/v1/health/live").json() == json.loads('{"status": "ok"}')
