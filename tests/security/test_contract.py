"""The OpenAPI document is complete, and schemathesis finds no reply of the running server that it does not describe.

Here requests are made of the schemas' edges, to each operation by somebody who may call it. `make test-long` makes
them also by who may not, and by chance; in `tests/long` everybody's are both, a hundred times as many.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from nexus_server.handlers.openapi import document, operations
from nexus_server.handlers.routes import ROUTES
from tests.plugins.server import LiveServer, StartServer
from tests.security.fuzzing import (
    COSTLY,
    ENDINGS,
    NOT_STAFF_PATHS,
    STAFF_PATHS,
    UNHURRIED,
    Campaign,
    fuzz,
    token_of,
    values_of,
)
from tests.security.people import Cast, gather

#: events is a WebSocket, which the document does not describe
UNDESCRIBED = {"/events"}


@pytest.fixture(scope="module")
def site(start_server: StartServer) -> Iterator[tuple[LiveServer, Cast]]:
    """A server of its own, with its people: the requests leave much behind, and are not held up by rate limits."""
    server = start_server(**UNHURRIED)
    cast = gather(server)
    yield server, cast
    cast.close()


def test_every_route_is_described() -> None:
    described = {route.path for route, _, _ in operations(ROUTES)}
    assert {route.path for route in ROUTES} - described == UNDESCRIBED


def test_the_document_is_served_and_its_schemas_are_sound(live_server: LiveServer) -> None:
    with live_server.client() as client:
        served = client.get("/openapi.json").json()
    assert served == document(ROUTES)
    for schema in served["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    references = set(re.findall(r"#/components/schemas/([\w.-]+)", str(served)))
    assert references <= set(served["components"]["schemas"])


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("person", "phases", "paths"),
    [
        # each operation once, by who may call it
        ("owner", "coverage", NOT_STAFF_PATHS),
        pytest.param("owner", "coverage", STAFF_PATHS, marks=pytest.mark.long),
        pytest.param("cohort_instructor", "fuzzing", "^/", marks=pytest.mark.long),
        # last: an administrator may lock the others out
        ("admin", "coverage", STAFF_PATHS),
    ],
    ids=["owner", "owner-as-staff", "instructor-by-chance", "admin-as-staff"],
)
def test_the_server_never_answers_what_is_not_described(
    site: tuple[LiveServer, Cast], person: str, phases: str, paths: str, tmp_path: Path
) -> None:
    server, cast = site
    left_out = f"{ENDINGS}|{COSTLY}"
    campaign = Campaign(token_of(cast, person), values_of(cast), 3, phases=phases, include=paths, exclude=left_out)
    assert fuzz(server, campaign, tmp_path) == ""
    assert server.process.poll() is None


@pytest.mark.timeout(300)
def test_what_ends_a_login_answers_as_described(live_server: LiveServer, tmp_path: Path) -> None:
    with closing(live_server.learner()) as client:
        token = str(client.headers["Authorization"]).removeprefix("Bearer ")
    campaign = Campaign(token, {}, 3, phases="fuzzing", include=ENDINGS)
    assert fuzz(live_server, campaign, tmp_path) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ],
)
def test_replies_carry_security_headers(live_server: LiveServer, name: str, value: str) -> None:
    with closing(live_server.learner()) as client:
        assert client.get("/me").headers[name] == value


def test_no_other_origin_may_read_replies(live_server: LiveServer) -> None:
    with closing(live_server.learner()) as client:
        for path in ("/me", f"{live_server.url}/api/me"):
            reply = client.get(path, headers={"Origin": "https://evil.example"})
            assert "Access-Control-Allow-Origin" not in reply.headers
        preflight = client.options("/me", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in preflight.headers


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{" * 100_000, 400),
        (b"[" * 60 + b"]" * 60, 400),
        (b'{"display_name": "' + b"x" * 2_000_000 + b'"}', 413),
        (b"\xff\xfe", 400),
        (b"null", 422),
        (b'{"display_name": NaN}', 422),
    ],
)
def test_hostile_bodies_are_refused(live_server: LiveServer, content: bytes, status: int) -> None:
    with closing(live_server.learner()) as client:
        reply = client.patch("/me", content=content)
    assert reply.status_code == status, reply.text
    assert set(reply.json()["error"]) == {"code", "message", "details"}
