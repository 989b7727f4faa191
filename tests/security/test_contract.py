"""The OpenAPI document is complete, and schemathesis finds no reply of the running server that it does not describe."""

import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from nexus_server.handlers.openapi import document, operations
from nexus_server.handlers.routes import ROUTES
from tests.plugins.server import LiveServer, StartServer
from tests.security.people import log_in_admin

#: they would end the credential that the test works with, or start a container for every example
LEFT_OUT = "^/nexus/api/v1/(auth/logout|auth/logout-all|me/password|playground/runs|teaching/content/.*)$"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
#: events is a WebSocket, which the document does not describe
UNDESCRIBED = {"/events"}


@pytest.fixture(scope="module")
def server(start_server: StartServer) -> LiveServer:
    """A server of its own: the requests leave much behind, and are not held up by rate limits."""
    return start_server()


def token_of(server: LiveServer, role: str) -> str:
    """Return the access token of a new person with a role."""
    with closing(log_in_admin(server)) as admin, closing(server.learner(role)) as client:
        user_id = client.get("/me").json()["id"]
        admin.patch(f"/admin/users/{user_id}", json={"role": role}).raise_for_status()
        return str(client.headers["Authorization"]).removeprefix("Bearer ")


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


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("role", "paths"),
    [
        ("student", "^/"),
        # the rest answers staff as it answers students
        ("instructor", "^/nexus/api/v1/(teaching|admin)/"),
        ("admin", "^/nexus/api/v1/(teaching|admin)/"),
    ],
)
def test_the_server_never_answers_what_is_not_described(
    server: LiveServer, role: str, paths: str, tmp_path: Path
) -> None:
    report = tmp_path / "report.txt"
    command = [
        str(Path(sys.executable).parent / "st"),
        "run",
        f"{server.url}/nexus/api/v1/openapi.json",
        "--header",
        f"Authorization: Bearer {token_of(server, role)}",
        "--checks",
        CHECKS,
        "--phases",
        "examples,coverage,fuzzing",
        "--mode",
        "all",
        "--max-examples",
        "5",
        "--seed",
        "4",
        "--include-path-regex",
        paths,
        "--exclude-path-regex",
        LEFT_OUT,
        "--exclude-operation-id",
        "delete_me",
        "--suppress-health-check",
        "all",
        "--no-color",
    ]
    with report.open("wb") as sink:
        result = subprocess.run(command, stdout=sink, stderr=subprocess.STDOUT, cwd=tmp_path, check=False)
    assert result.returncode == 0, report.read_text()[-6000:]
    assert server.process.poll() is None


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
