"""Requests that are still on their way: half-sent ones end, large ones are bounded, and each refusal says why."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.plugins.server import LiveServer, StartServer, config_dir

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    settings = {
        "IntakeSettings": {
            "head_timeout_s": 1,
            "body_timeout_s": 1,
            "body_kb_per_s": 100_000,
            "upload_mb_per_s": 0.01,
            "anonymous_per_s": 0.1,
            "anonymous_burst": 30,
            "new_connections_per_address": 50,
        },
        "TenancySettings": {"kernel_starts_burst": 1, "kernel_starts_per_minute": 0.01},
    }
    return start_server(JUPYTER_CONFIG_DIR=config_dir(tmp_path_factory.mktemp("config"), settings))


@pytest.fixture(scope="module")
def learner(server: LiveServer) -> httpx.Client:
    return server.learner()


def connect(server: LiveServer) -> socket.socket:
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname, address.port), timeout=60)


def test_half_a_head_is_cut_off(server: LiveServer) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert connection.recv(100) == b""


def test_half_a_body_is_cut_off(server: LiveServer, learner: httpx.Client) -> None:
    with connect(server) as connection:
        fields = f"Host: localhost\r\nAuthorization: {learner.headers['Authorization']}\r\nContent-Length: 100"
        connection.sendall(f"PATCH /nexus/api/v1/me HTTP/1.1\r\n{fields}\r\n\r\n".encode() + b"{")
        assert connection.recv(100) == b""


def test_many_connections_that_say_nothing_are_closed(server: LiveServer) -> None:
    opened = [connect(server) for _ in range(60)]
    # what is too much is closed at once, the others when their time is over
    assert [each.recv(1) for each in opened] == [b""] * 60
    for each in opened:
        each.close()


def test_a_body_that_is_too_large_is_answered_in_words(learner: httpx.Client) -> None:
    reply = learner.patch("/me", content=b"x" * 12 * MIB)
    assert reply.status_code == 413
    assert reply.json()["error"]["code"] == "too_large"
    assert "larger than" in reply.json()["error"]["message"]
    assert learner.get("/me").status_code == 200


def test_a_file_that_is_too_large_is_answered_in_words(server: LiveServer, learner: httpx.Client) -> None:
    reply = httpx.put(f"{server.url}/api/contents/x.txt", content=b"x" * 40 * MIB, headers=learner.headers, timeout=60)
    assert reply.status_code == 413
    assert "larger than" in reply.json()["message"]


def test_a_body_that_does_not_say_its_size_is_taken_up_to_the_limit(learner: httpx.Client) -> None:
    def pieces(count: int) -> Iterator[bytes]:
        yield from [b" " * 100_000] * count
        yield b'{"display_name": "Ada"}'

    assert learner.patch("/me", content=pieces(1)).json()["display_name"] == "Ada"
    reply = learner.patch("/me", content=pieces(20))
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "too_large")
    assert learner.get("/me").status_code == 200


def test_a_large_body_needs_a_login(server: LiveServer, learner: httpx.Client) -> None:
    anonymous = server.client()
    assert anonymous.post("/auth/login", content=b"x" * 100_000).status_code == 413
    stale = {"Authorization": learner.headers["Authorization"] + "x"}
    assert anonymous.post("/auth/login", content=b"x" * 100_000, headers=stale).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"notebook","content":' + b"[" + b"[]," * 5_000_000 + b"[]]}",
        b'{"type":"notebook","content":{"cells":[' + b'{"":"",' * 1_000_000,
    ],
    ids=["lists", "objects"],
)
def test_a_body_of_too_many_values_is_refused_before_it_is_parsed(
    server: LiveServer, learner: httpx.Client, body: bytes
) -> None:
    reply = httpx.put(f"{server.url}/api/contents/x.ipynb", content=body, headers=learner.headers, timeout=60)
    assert reply.status_code in (400, 413), reply.text
    assert reply.json()["message"]


def test_a_hint_about_a_long_line_is_given(learner: httpx.Client) -> None:
    source = " + ".join(["a"] * 4_800)
    error = {"ename": "TypeError", "evalue": "unsupported operand type(s) for +: 'int' and 'str'"}
    error["traceback"] = "Cell In[1], line 1"
    reply = learner.post("/hints", json={"cell_source": source, "error": error})
    assert reply.status_code == 200, reply.text
    assert reply.json()["concept"] == "types: text and numbers"


def test_a_notebook_comes_back_as_it_was_saved(server: LiveServer, learner: httpx.Client) -> None:
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["ä\n", "😀"]}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    body = {"type": "notebook", "format": "json", "content": notebook}
    url = f"{server.url}/api/contents/n.ipynb"
    assert httpx.put(url, json=body, headers=learner.headers).status_code == 201
    model = httpx.get(url, headers=learner.headers).json()
    assert model["content"]["cells"][0]["source"] == "ä\n😀"
    assert (model["format"], model["type"], model["name"]) == ("json", "notebook", "n.ipynb")
    copy = httpx.post(f"{server.url}/api/contents", json={"copy_from": "n.ipynb"}, headers=learner.headers)
    assert copy.json()["name"] == "n-Copy1.ipynb"
    again = httpx.get(f"{server.url}/api/contents/n-Copy1.ipynb", headers=learner.headers).json()
    assert again["content"] == model["content"]


@pytest.mark.docker
def test_kernel_starts_are_counted_per_learner(server: LiveServer) -> None:
    def start(who: httpx.Client) -> httpx.Response:
        return httpx.post(f"{server.url}/api/kernels", json={"name": "nexus-python"}, headers=who.headers, timeout=120)

    one, other = server.learner("one"), server.learner("other")
    assert start(one).status_code == 201
    assert one.get("/me/limits").json()["kernel_starts"]["left"] == 0
    refused = start(one)
    assert (refused.status_code, "started many kernels" in refused.text) == (429, True)
    assert int(refused.headers["Retry-After"]) > 60
    assert start(other).status_code == 201


def test_too_many_requests_without_a_login_are_told_to_wait(server: LiveServer) -> None:
    anonymous = server.client()
    replies = [anonymous.get("/auth/oidc/none/login") for _ in range(40)]
    assert replies[-1].status_code == 429
    assert int(replies[-1].headers["Retry-After"]) > 0
    assert replies[-1].json()["error"]["code"] == "rate_limited"


def test_limits_are_told_before_they_are_met(server: LiveServer, learner: httpx.Client) -> None:
    before = learner.get("/me/limits").json()
    assert before["kernel_starts"]["left"] == before["kernel_starts"]["limit"] > 0
    body = {"type": "file", "format": "text", "content": "x" * MIB}
    assert httpx.put(f"{server.url}/api/contents/a.txt", json=body, headers=learner.headers).status_code == 201
    after = learner.get("/me/limits").json()
    assert after["upload_bytes"]["left"] < before["upload_bytes"]["left"] <= before["upload_bytes"]["limit"]
    assert after["computing_s"]["left"] <= before["computing_s"]["limit"]
    assert after["workspace_bytes"]["left"] <= before["workspace_bytes"]["left"] - MIB
