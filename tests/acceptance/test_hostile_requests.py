"""Whatever a request holds, it is answered in the contract's shape, on both databases, and never with a 5xx."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

if TYPE_CHECKING:
    from tests.plugins.server import LiveServer

#: as JSON writes them: NUL, half of a surrogate pair, a whole pair, SQL, a path
TEXTS = [r"a\u0000b", r"a\ud800b", r"\ud83d\ude00", "'; DROP TABLE users;--", "../../etc/passwd"]


@pytest.fixture(
    scope="module",
    params=["live_server", pytest.param("postgres_server", marks=[pytest.mark.postgres, pytest.mark.redis])],
)
def learner(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    server: LiveServer = request.getfixturevalue(request.param)
    with closing(server.learner("hostile")) as client:
        yield client


def deep_notebook(levels: int) -> bytes:
    """Return a notebook whose metadata is nested."""
    metadata = b'{"a": ' * levels + b"1" + b"}" * levels
    return b'{"cells": [], "metadata": %s, "nbformat": 4, "nbformat_minor": 5}' % metadata


def send(client: httpx.Client, method: str, path: str, body: str) -> httpx.Response:
    return client.request(method, path, content=body.encode(), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/me", '{"display_name": "%s"}'),
        ("POST", "/cohorts/join", '{"code": "%s"}'),
        ("POST", "/forum/threads", '{"title": "why %s", "body_md": "%s"}'),
        ("POST", "/chat/general", '{"message": "%s"}'),
        ("POST", "/auth/login", '{"email": "%s", "password": "%s"}'),
        ("POST", "/auth/verify-email", '{"token": "%s"}'),
    ],
)
def test_any_text_in_a_body(learner: httpx.Client, method: str, path: str, body: str, text: str) -> None:
    reply = send(learner, method, path, body.replace("%s", text))
    assert reply.status_code < 500, reply.text
    if reply.status_code >= 400:
        assert set(reply.json()["error"]) == {"code", "message", "details"}


@pytest.mark.parametrize("text", ["a%00b", "%F0%9F%98%80", "'%20OR%201=1--", "..%2F..%2Fetc%2Fpasswd"])
def test_any_text_in_an_address(learner: httpx.Client, text: str) -> None:
    assert learner.get(f"/roadmaps/{text}").json()["error"]["code"] == "roadmap_not_found"
    assert learner.get(f"/forum/threads?q={text}").status_code == 200
    assert learner.get(f"/nodes/{text}").json()["error"]["code"] == "not_found"


def test_what_cannot_be_kept_is_replaced_and_the_rest_is_kept(learner: httpx.Client) -> None:
    reply = send(
        learner, "POST", "/forum/threads", r'{"title": "half \ud800", "body_md": "nul \u0000 😀 \ud83d\ude00"}'
    )
    assert reply.status_code == 201
    thread = learner.get(f"/forum/threads/{reply.json()['id']}").json()
    assert (thread["title"], thread["posts"][0]["body_md"]) == ("half �", "nul � 😀 😀")


@pytest.mark.parametrize(
    "cursor", ["zzz", "2026-01-01T00:00:00", "0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59", "%00"]
)
@pytest.mark.parametrize("path", ["/me/xp", "/me/notifications", "/forum/threads"])
def test_a_cursor_that_is_no_moment_is_named(learner: httpx.Client, path: str, cursor: str) -> None:
    reply = learner.get(f"{path}?cursor={cursor}")
    assert reply.status_code == 422
    assert [each["field"] for each in reply.json()["error"]["details"]["fields"]] == ["cursor"]


def test_a_cursor_may_be_put_into_an_address_as_it_is(learner: httpx.Client) -> None:
    for number in range(2):
        send(learner, "POST", "/forum/threads", json.dumps({"title": f"thread {number}", "body_md": "x"}))
    first = learner.get("/forum/threads?limit=1").json()
    second = httpx.get(f"{learner.base_url}forum/threads?limit=1&cursor={first['next']}", headers=learner.headers)
    assert second.json()["items"][0]["id"] != first["items"][0]["id"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"{bad", 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, 400, "malformed"),
        (b"[1]", 422, "invalid"),
        (b'{"display_name": NaN}', 422, "invalid"),
        (b'{"display_name": "' + b"x" * 10_000_000 + b'"}', 413, "too_large"),
    ],
    ids=["empty", "broken", "not UTF-8", "deep list", "deep object", "a list", "not a number", "10 MB"],
)
def test_bodies_that_are_none(learner: httpx.Client, body: bytes, status: int, code: str) -> None:
    reply = learner.patch("/me", content=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)


def test_messages_about_fields_are_for_people(learner: httpx.Client) -> None:
    def message(body: object) -> str:
        return str(learner.patch("/me", json=body).json()["error"]["details"]["fields"][0]["message"])

    assert message([1]) == "Input should be a JSON object"
    assert message({"timezone": "Mars/Base"}) == "This is not an IANA time zone, such as Europe/Berlin."


def test_a_method_that_a_resource_lacks_is_refused_with_those_it_has(learner: httpx.Client) -> None:
    reply = learner.put("/me", json={})
    assert (reply.status_code, reply.headers["Allow"]) == (405, "GET, DELETE, PATCH")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/sessions", rb'{"path": "a\ud800.ipynb", "type": "notebook", "kernel": {"name": "\ud800"}}', 404),
        ("PUT", "/api/contents/a.txt", rb'{"type": "file", "format": "text", "content": "\ud800"}', 201),
        ("PUT", "/api/contents/a.txt", b'{"type": "file", "format": "text", "content": "\xff"}', 400),
        ("PUT", "/api/contents/a.txt", rb'{"content": "\ud800", "a": ' + b"[" * 900 + b"]" * 900 + b"}", 400),
        ("PUT", "/api/contents/deep.ipynb", b'{"type": "notebook", "content": %s}' % deep_notebook(600), 400),
        ("PUT", "/api/contents/deep.ipynb", b'{"type": "notebook", "content": %s}' % deep_notebook(100), 201),
        ("PUT", "/lab/api/workspaces/deep", b'{"metadata": {"id": "deep"}, "data": %s}' % deep_notebook(600), 422),
    ],
    ids=["session", "file", "not UTF-8", "deep", "deep notebook", "notebook", "deep layout"],
)
def test_jupyters_own_api_bears_them_too(
    learner: httpx.Client, method: str, path: str, body: bytes, status: int
) -> None:
    assert learner.request(method, learner.base_url.copy_with(path=path), content=body).status_code == status


def test_a_notebook_with_half_an_emoji_is_saved(learner: httpx.Client) -> None:
    address = learner.base_url.copy_with(path="/api/contents/half.ipynb")
    cell = r'{"cell_type": "markdown", "id": "one", "metadata": {}, "source": "half \ud83d"}'
    notebook = '{"cells": [' + cell + '], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    learner.put(address, content=f'{{"type": "notebook", "content": {notebook}}}').raise_for_status()
    assert learner.get(address).json()["content"]["cells"][0]["source"] == "half �"


#: requests that are refused before it is known who sends them: for the address, the method, the body, all of it
UNPREPARED = [
    ("GET /lab/tree/%ff HTTP/1.1", b""),
    ("GET /nexus/learn/%ff HTTP/1.1", b""),
    ("GET http://[::1/lab HTTP/1.1", b""),
    ("PROPFIND /lab HTTP/1.1", b""),
    ("DELETE /nexus/learn HTTP/1.1", b""),
    ("POST /login HTTP/1.1\r\nContent-Type: multipart/form-data", b"--x\r\n"),
    ("PUT /lab/api/workspaces/a HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x", b"--x\r\n"),
]


@pytest.mark.parametrize(("head", "body"), UNPREPARED, ids=[head.split(" HTTP")[0] for head, _ in UNPREPARED])
def test_a_request_of_nobody_yet_is_refused_without_a_traceback(
    live_server: "LiveServer", head: str, body: bytes
) -> None:
    place = urlsplit(live_server.url)
    before = live_server.log.read_text().count("Traceback")
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        rest = f"Host: {place.netloc}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(f"{head}\r\n{rest}".encode() + body)
        reply = b"".join(iter(lambda: connection.recv(65536), b""))
    assert re.match(rb"HTTP/1\.1 4\d\d ", reply)
    assert reply.partition(b"\r\n\r\n")[2] or reply.startswith(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert live_server.log.read_text().count("Traceback") == before
