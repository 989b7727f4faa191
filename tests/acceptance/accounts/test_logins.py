"""Registering, logging in and out against a real server, as a program and as a browser."""

import json
from contextlib import closing
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.plugins.server import PASSWORD, LiveServer


def _register(client: httpx.Client) -> str:
    email = f"{uuid4().hex[:12]}@example.org"
    body = {"email": email, "password": PASSWORD, "display_name": "Ada Lovelace", "timezone": "Europe/Berlin"}
    reply = client.post("/auth/register", json=body)
    assert reply.status_code == 201, reply.text
    assert reply.json()["email"] == email
    return email


def _log_in(client: httpx.Client, email: str) -> httpx.Response:
    reply = client.post("/auth/login", json={"email": email, "password": PASSWORD})
    assert reply.status_code == 200, reply.text
    return reply


def test_another_sites_page_cannot_log_a_browser_in(live_server: LiveServer) -> None:
    with live_server.client() as client:
        body = {"email": _register(client), "password": PASSWORD}
        reply = client.post("/auth/login", json=body, headers={"Origin": "https://evil.example"})
    assert reply.status_code == 403


def test_a_program_registers_logs_in_and_reads_its_profile(live_server: LiveServer) -> None:
    with live_server.client() as client:
        email = _register(client)
        tokens = _log_in(client, email.upper()).json()
        client.cookies.clear()
        me = client.get("/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 600
    assert me["email"] == email
    assert me["role"] == "student"
    assert me["rank"] == "Novice"
    assert me["streak_count"] == 1
    assert me["last_login"] is not None
    assert me["timezone"] == "Europe/Berlin"


def test_a_browser_writes_only_with_the_xsrf_token(live_server: LiveServer) -> None:
    with live_server.client() as client:
        _log_in(client, _register(client))
        for cookie in client.cookies.jar:
            assert cookie.has_nonstandard_attr("HttpOnly") or cookie.name == "_xsrf"
        refused = client.patch("/me", json={"display_name": "Grace"})
        token = client.cookies["_xsrf"]
        changed = client.patch("/me", json={"display_name": "Grace"}, headers={"X-XSRFToken": token})
    assert refused.status_code == 403
    assert changed.json()["display_name"] == "Grace"


def test_the_same_credential_opens_jupyters_own_api(live_server: LiveServer) -> None:
    with closing(live_server.learner("ada")) as client:
        reply = client.get(f"{live_server.url}/api/me")
    assert reply.status_code == 200, reply.text
    assert reply.json()["identity"]["display_name"] == "Ada"
    assert "learner" not in reply.json()["identity"]


def test_no_token_is_read_from_an_address(live_server: LiveServer) -> None:
    with closing(live_server.learner()) as client:
        token = client.headers.pop("Authorization").removeprefix("Bearer ")
        assert client.get("/me", params={"token": token}).status_code == 401
        assert client.get("/me", headers={"Authorization": f"token {token}"}).status_code == 401


def test_a_wrong_bearer_is_not_papered_over_by_a_cookie(live_server: LiveServer) -> None:
    with live_server.client() as client:
        _log_in(client, _register(client))
        assert client.get("/me").status_code == 200
        assert client.get("/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_a_refresh_token_rotates_and_its_reuse_ends_the_session(live_server: LiveServer) -> None:
    with live_server.client() as client:
        first = _log_in(client, _register(client)).json()
        client.cookies.clear()
        second = client.post("/auth/refresh", json={"refresh_token": first["refresh_token"]}).json()
        third = client.post("/auth/refresh", json={"refresh_token": second["refresh_token"]}).json()
        # `first` is now a grandparent: no grace for it
        stolen = client.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})
        victim = client.post("/auth/refresh", json={"refresh_token": third["refresh_token"]})
        me = client.get("/me", headers={"Authorization": f"Bearer {third['access_token']}"})
    assert stolen.status_code == 401
    assert stolen.json()["error"]["code"] == "bad_refresh_token"
    assert victim.status_code == 401
    assert me.status_code == 401


def test_the_immediate_parent_has_a_grace(live_server: LiveServer) -> None:
    with live_server.client() as client:
        first = _log_in(client, _register(client)).json()["refresh_token"]
        client.cookies.clear()
        assert client.post("/auth/refresh", json={"refresh_token": first}).status_code == 200
        assert client.post("/auth/refresh", json={"refresh_token": first}).status_code == 200


def test_logging_out_ends_the_session_at_once(live_server: LiveServer) -> None:
    with closing(live_server.learner()) as client:
        assert client.get("/me").status_code == 200
        assert client.post("/auth/logout").status_code == 204
        assert client.get("/me").status_code == 401


def test_logging_out_everywhere_ends_every_session(live_server: LiveServer) -> None:
    with live_server.client() as client:
        email = _register(client)
        tokens = [_log_in(client, email).json()["access_token"] for _ in range(2)]
        client.cookies.clear()
        headers = [{"Authorization": f"Bearer {token}"} for token in tokens]
        assert client.post("/auth/logout-all", headers=headers[0]).status_code == 204
        assert [client.get("/me", headers=header).status_code for header in headers] == [401, 401]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": "nobody@example.org", "password": PASSWORD}, 401, "bad_credentials"),
        ({"email": "nobody@example.org"}, 422, "invalid"),
    ],
)
def test_a_bad_login_says_why(live_server: LiveServer, body: dict[str, str], status: int, code: str) -> None:
    with live_server.client() as client:
        reply = client.post("/auth/login", json=body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"email": "not an address"}, 422, "invalid"),
        ({"password": "short"}, 422, "weak_password"),
        ({"timezone": "Mars/Olympus"}, 422, "invalid"),
        ({"display_name": " \u200b "}, 422, "invalid"),
    ],
)
def test_a_bad_registration_says_why(live_server: LiveServer, change: dict[str, str], status: int, code: str) -> None:
    body = {"email": f"{uuid4().hex}@example.org", "password": PASSWORD, "display_name": "Ada"} | change
    with live_server.client() as client:
        reply = client.post("/auth/register", json=body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert reply.json()["error"]["details"]["fields"]


def test_an_address_registers_once(live_server: LiveServer) -> None:
    with live_server.client() as client:
        email = _register(client)
        body = {"email": email.title(), "password": PASSWORD, "display_name": "Eve"}
        reply = client.post("/auth/register", json=body)
    assert reply.status_code == 409
    assert reply.json()["error"]["code"] == "email_taken"


def test_the_login_page_is_where_visitors_land(live_server: LiveServer) -> None:
    with httpx.Client(base_url=live_server.url, follow_redirects=True) as browser:
        reply = browser.get("/lab")
    assert reply.url.path == "/nexus/login"
    assert reply.url.params["next"] == "/lab"


def test_an_open_events_socket_hears_and_closes_with_the_session(live_server: LiveServer) -> None:
    address = live_server.url.replace("http", "ws") + "/nexus/api/v1/events"
    with closing(live_server.learner()) as client:
        headers = {"Authorization": client.headers["Authorization"]}
        with connect(address, additional_headers=headers) as socket:
            assert json.loads(socket.recv(5))["type"] == "hello"
            client.post("/auth/logout")
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(2)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401
        with pytest.raises(InvalidStatus) as refused, connect(address, additional_headers=headers):
            pass
    assert refused.value.response.status_code == 401


def test_another_sites_page_cannot_open_the_events_socket(live_server: LiveServer) -> None:
    address = live_server.url.replace("http", "ws") + "/nexus/api/v1/events"
    with live_server.client() as client:
        _log_in(client, _register(client))
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    headers = {"Cookie": cookies, "Origin": "https://evil.example"}
    with pytest.raises(InvalidStatus) as refused, connect(address, additional_headers=headers):
        pass
    assert refused.value.response.status_code == 403


def test_one_of_several_logins_is_ended_from_another(live_server: LiveServer) -> None:
    with live_server.client() as here, live_server.client(headers={"User-Agent": "Library/1.0"}) as there:
        email = _register(here)
        for client in (here, there):
            _log_in(client, email)
        first, second = here.get("/me/sessions").json()["items"]
        assert (first["current"], second["current"]) == (True, False)
        assert second["user_agent"] == "Library/1.0"
        assert set(first) == {"id", "created_at", "last_used_at", "expires_at", "user_agent", "current"}
        xsrf = {"X-XSRFToken": here.cookies["_xsrf"]}
        assert here.delete(f"/me/sessions/{second['id']}", headers=xsrf).status_code == 204
        again = here.delete(f"/me/sessions/{second['id']}", headers=xsrf)
        assert (again.status_code, again.json()["error"]["code"]) == (404, "unknown_session")
        assert there.get("/me").status_code == 401
        again = there.post("/auth/refresh", headers={"X-XSRFToken": there.cookies["_xsrf"]})
        assert again.status_code == 401
        # one's own is a logout, cookies and all
        assert here.delete(f"/me/sessions/{first['id']}", headers=xsrf).status_code == 204
        assert "nexus_refresh" not in here.cookies
        assert here.get("/me").status_code == 401


def test_a_strangers_login_is_not_there_to_be_ended(live_server: LiveServer) -> None:
    with closing(live_server.learner("ada")) as ada, closing(live_server.learner("eve")) as eve:
        (hers,) = ada.get("/me/sessions").json()["items"]
        assert eve.delete(f"/me/sessions/{hers['id']}").status_code == 404
        assert ada.get("/me").status_code == 200
