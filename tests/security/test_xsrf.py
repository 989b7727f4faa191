"""A cookie alone writes nothing: every write of the running server asks for the XSRF token."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from nexus_server.handlers.openapi import operations
from nexus_server.handlers.routes import ROUTES
from tests.plugins.server import PASSWORD, LiveServer

TABLE: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("matrix.yaml").read_text())["open"]
SAFE = {"GET", "HEAD", "OPTIONS"}
#: the body itself says who asks; a page of another site is refused by its Origin
CARRIES_CREDENTIALS = {
    "/auth/register",
    "/auth/login",
    "/auth/password-reset",
    "/auth/password-reset/confirm",
    "/auth/verify-email",
    "/forum/digest/unsubscribe",
}
ID = "00000000-0000-4000-8000-000000000000"
WRITES = [
    (method, route["example"])
    for route in TABLE
    for method, profile in route["methods"].items()
    if method not in SAFE and profile != "nobody" and route["path"].split("/api/v1")[-1] not in CARRIES_CREDENTIALS
]


class Anything(dict[str, str]):
    """Fills every placeholder of an example."""

    def __missing__(self, _name: str) -> str:
        return ID


@pytest.fixture(scope="module")
def browser(live_server: LiveServer) -> Iterator[httpx.Client]:
    """A browser that is logged in by its cookies."""
    email = f"{uuid4().hex[:12]}@example.org"
    with httpx.Client(base_url=live_server.url, timeout=60) as client:
        body = {"email": email, "password": PASSWORD, "display_name": "Ada"}
        client.post("/nexus/api/v1/auth/register", json=body).raise_for_status()
        client.post("/nexus/api/v1/auth/login", json=body | {}).raise_for_status()
        yield client


def test_the_exceptions_are_those_that_carry_credentials() -> None:
    found = {route.path for route, _, _ in operations(ROUTES) if route.handler.carries_credentials}
    assert found == CARRIES_CREDENTIALS


@pytest.mark.parametrize(("method", "example"), WRITES, ids=str)
def test_a_cookie_alone_writes_nothing(browser: httpx.Client, method: str, example: str) -> None:
    path = example.format_map(Anything())
    for headers in ({}, {"X-XSRFToken": "forged"}):
        reply = browser.request(method, path, json={}, headers=headers)
        assert reply.status_code == 403, f"{method} {path}: {reply.status_code} {reply.text[:200]}"
    assert browser.get("/nexus/api/v1/me").status_code == 200, "the login was not ended"


@pytest.mark.parametrize("path", sorted(CARRIES_CREDENTIALS))
def test_another_sites_page_may_not_send_credentials_either(live_server: LiveServer, path: str) -> None:
    with live_server.client(headers={"Origin": "https://evil.example"}) as client:
        assert client.post(path, json={}).status_code == 403


def test_a_cookie_is_no_bearer_token(live_server: LiveServer, browser: httpx.Client) -> None:
    """Only the header counts as token authentication, which needs no XSRF token."""
    token = browser.cookies["nexus_access"]
    body = {"display_name": "Grace"}
    for place in ({"params": {"token": token}}, {"headers": {"Authorization": f"token {token}"}}):
        assert browser.patch("/nexus/api/v1/me", json=body, **place).status_code in (401, 403)  # type: ignore[arg-type]
    with closing(httpx.Client(base_url=live_server.url, headers={"Authorization": f"Bearer {token}"})) as program:
        assert program.patch("/nexus/api/v1/me", json=body).status_code == 200
