"""A credential that is none opens nothing: neither Jupyter's routes nor ours, nor a WebSocket."""

import re
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from nexus_server.accounts.access_tokens import AccessTokens
from nexus_server.accounts.settings import AccountSettings
from nexus_server.accounts.signing_keys import SigningKeys
from nexus_server.clock import ManualClock
from tests.plugins.kernel_talk import KernelTalk
from tests.plugins.server import PASSWORD, LiveServer
from tests.security.people import log_in_admin

pytestmark = [pytest.mark.docker]

TABLE: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("matrix.yaml").read_text())["open"]
ID = "00000000-0000-4000-8000-000000000000"
#: every operation of the matrix for which somebody must be logged in; WebSockets are opened below
OPERATIONS = [
    (method, re.sub(r"\{\w+\}", ID, route["example"]))
    for route in TABLE
    for method, profile in route["methods"].items()
    if profile.rstrip("!") not in ("public", "nobody") and not route.get("websocket")
]


@dataclass
class Victim:
    """A learner with a kernel, and a good token."""

    client: httpx.Client
    token: str
    kernel_id: str
    user_id: str


@pytest.fixture
def victim(live_server: LiveServer) -> Iterator[Victim]:
    with closing(live_server.learner("victim")) as client:
        client.base_url = httpx.URL(live_server.url)
        token = client.headers["Authorization"].removeprefix("Bearer ")
        kernel = client.post("/api/kernels").json()["id"]
        yield Victim(client, token, kernel, client.get("/nexus/api/v1/me").json()["id"])


def expired(server: LiveServer, token: str) -> str:
    """Return a token that the server itself signed, an hour ago."""
    claims = jwt.decode(token, options={"verify_signature": False})
    clock = ManualClock(datetime.now(UTC) - timedelta(hours=1))
    keys = SigningKeys(server.data_dir / "keys" / "jwt.json", "EdDSA", clock, lifetime=timedelta(days=3650))
    assert keys.signing_key.key_id == jwt.get_unverified_header(token)["kid"]
    return AccessTokens(keys, AccountSettings(), clock).issue(UUID(claims["sub"]), UUID(claims["sid"]))


def forged(token: str, kind: str) -> str:
    """Return a token that says the same, but is not ours."""
    header, claims = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
    head: dict[str, Any] = {"typ": header["typ"], "kid": header["kid"]}
    if kind == "alg none":
        return jwt.encode(claims, "", algorithm="none", headers=head)
    if kind == "another key":
        return jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers=head)
    if kind == "public key as secret":
        return jwt.encode(claims, header["kid"].ljust(32, "x"), algorithm="HS256", headers=head)
    return token[:-6] + ("aaaaaa" if not token.endswith("aaaaaa") else "bbbbbb")


def is_anonymous(reply: httpx.Response) -> bool:
    """Whether somebody was answered as one is who is not logged in."""
    return reply.status_code in (401, 403) or "/login" in reply.headers.get("Location", "")


def open_events(server: LiveServer, headers: dict[str, str]) -> ClientConnection:
    """Open the socket that tells a learner what happens."""
    address = server.url.replace("http", "ws", 1) + "/nexus/api/v1/events"
    return connect(address, additional_headers=headers, open_timeout=60, proxy=None)


def assert_refused(live_server: LiveServer, token: str, kernel_id: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=live_server.url, headers=headers, timeout=60) as client:
        for method, path in OPERATIONS:
            assert is_anonymous(client.request(method, path, json={})), f"{method} {path}"
    with pytest.raises(InvalidStatus) as caught:
        KernelTalk(live_server.url, kernel_id, headers)
    assert caught.value.response.status_code in (401, 403)
    with pytest.raises(InvalidStatus) as caught:
        open_events(live_server, headers)
    assert caught.value.response.status_code in (401, 403)


@pytest.mark.parametrize("kind", ["alg none", "another key", "public key as secret", "tampered"])
def test_a_forged_token_opens_nothing(live_server: LiveServer, victim: Victim, kind: str) -> None:
    assert_refused(live_server, forged(victim.token, kind), victim.kernel_id)


def test_an_expired_token_opens_nothing(live_server: LiveServer, victim: Victim) -> None:
    assert_refused(live_server, expired(live_server, victim.token), victim.kernel_id)


def test_a_token_in_the_url_opens_nothing(live_server: LiveServer, victim: Victim) -> None:
    with httpx.Client(base_url=live_server.url, params={"token": victim.token}, timeout=60) as client:
        for method, path in OPERATIONS:
            assert is_anonymous(client.request(method, path, json={})), f"{method} {path}"


def test_logging_out_ends_the_token_and_the_open_socket(live_server: LiveServer, victim: Victim) -> None:
    headers = {"Authorization": f"Bearer {victim.token}"}
    with KernelTalk(live_server.url, victim.kernel_id, headers) as talk:
        assert talk.text_of("1 + 1") == "2"
        victim.client.post("/nexus/api/v1/auth/logout").raise_for_status()
        assert_closes(talk)
    assert_refused(live_server, victim.token, victim.kernel_id)


def test_a_disabled_account_is_out_at_once(live_server: LiveServer, victim: Victim) -> None:
    headers = {"Authorization": f"Bearer {victim.token}"}
    with (
        KernelTalk(live_server.url, victim.kernel_id, headers) as talk,
        closing(log_in_admin(live_server)) as admin,
        open_events(live_server, headers) as events,
    ):
        talk.text_of("1")
        admin.patch(f"/admin/users/{victim.user_id}", json={"disabled": True}).raise_for_status()
        assert_closes(talk)
        with pytest.raises(ConnectionClosed) as caught:
            deque(iter(lambda: events.recv(timeout=60), None), maxlen=0)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 4401
    assert_refused(live_server, victim.token, victim.kernel_id)


def test_a_deleted_account_is_out_at_once(live_server: LiveServer, victim: Victim) -> None:
    victim.client.request("DELETE", "/nexus/api/v1/me", json={"password": PASSWORD}).raise_for_status()
    assert_refused(live_server, victim.token, victim.kernel_id)


def assert_closes(talk: KernelTalk) -> None:
    """Read until the server closes the socket, which it does because the login ended."""
    with pytest.raises(ConnectionClosed) as caught:
        deque(iter(talk.receive, None), maxlen=0)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1008
