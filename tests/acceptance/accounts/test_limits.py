"""Each limit over HTTP: 429 with Retry-After, counted per person or address, in memory and in Redis."""

import json
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.plugins.server import PASSWORD, LiveServer, StartServer

NODE = "00000000-0000-4000-8000-000000000000"
LIMITS = {
    "login_failures": "3 per 15 minutes",
    "login_failures_device": "3 per 15 minutes",
    "login_failures_address": "12 per 15 minutes",
    "register": "60 per hour",
    "password_reset": "2 per hour",
    "password_reset_address": "8 per hour",
    "verify_email": "2 per hour",
    "change_password": "2 per hour",
    "join_cohort": "2 per hour",
    "profile": "2 per minute",
    "submissions": "2 per 10 minutes",
    "hints": "2 per minute",
    "chat": "2 per minute",
    "forum_posts": "2 per 10 minutes",
    "export": "2 per hour",
}
MISTAKE = {"cell_source": "1/0", "error": {"ename": "ZeroDivisionError", "evalue": "division by zero"}}
#: what a learner does too often, by the limit's name
ACTIONS: dict[str, tuple[str, str, Any]] = {
    "submissions": ("POST", f"/nodes/{NODE}/submissions", {"notebook": {}}),
    "hints": ("POST", "/hints", MISTAKE),
    "chat": ("POST", "/chat/general", {"message": "hello"}),
    "forum_posts": ("POST", "/forum/threads", {"title": "A question", "body_md": "How does this work?"}),
    "profile": ("PATCH", "/me", {"leaderboard_opt_out": True}),
    "join_cohort": ("POST", "/cohorts/join", {"code": "NOSUCHCO"}),
    "verify_email": ("POST", "/auth/verify-email", {}),
    "change_password": ("POST", "/me/password", {"current_password": "wrong", "new_password": PASSWORD}),
    "export": ("GET", "/me/export", None),
}
WINDOW_S = {"minute": 60, "minutes": 900, "hour": 3600}


@dataclass
class Site:
    """A server with small limits."""

    server: LiveServer

    def register(self, client: httpx.Client) -> str:
        email = f"{uuid4().hex[:12]}@example.org"
        body = {"email": email, "password": PASSWORD, "display_name": "Ada"}
        client.post("/auth/register", json=body).raise_for_status()
        return email

    def log_in(self, client: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
        return client.post("/auth/login", json={"email": email, "password": password})


@pytest.fixture(scope="module", params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def site(request: pytest.FixtureRequest, start_server: StartServer) -> Site:
    environment = {"NEXUS_RATE_LIMITS": json.dumps(LIMITS)}
    if request.param == "redis":
        environment["NEXUS_REDIS_URL"] = request.getfixturevalue("redis_url")
    return Site(start_server(**environment))


def assert_too_many(reply: httpx.Response, name: str) -> None:
    error = reply.json()["error"]
    assert (reply.status_code, error["code"], error["details"]) == (429, "rate_limited", {"limit": name}), reply.text
    assert 1 <= int(reply.headers["Retry-After"]) <= WINDOW_S[LIMITS[name].split()[-1]]


@pytest.mark.parametrize("name", ACTIONS)
def test_one_too_many_is_refused_and_a_classmate_is_not(site: Site, name: str) -> None:
    method, path, body = ACTIONS[name]
    with closing(site.server.learner()) as hasty, closing(site.server.learner()) as classmate:
        replies = [hasty.request(method, path, json=body) for _ in range(2)]
        assert 429 not in {reply.status_code for reply in replies}
        assert max(reply.status_code for reply in replies) < 500
        assert_too_many(hasty.request(method, path, json=body), name)
        assert classmate.request(method, path, json=body).status_code != 429


def test_guessing_at_an_account_locks_out_the_guesser_only(site: Site) -> None:
    with site.server.client() as victim, site.server.client() as guesser, site.server.client() as classmate:
        email, other = site.register(victim), site.register(classmate)
        assert site.log_in(victim, email).status_code == 200
        for _ in range(3):
            assert site.log_in(guesser, email, "wrong-password-1").status_code == 401
        assert_too_many(site.log_in(guesser, email, "wrong-password-1"), "login_failures")
        assert_too_many(site.log_in(guesser, email), "login_failures")
        # the same address, the same moment: the account's own browser, and somebody else in the room
        assert site.log_in(victim, email).status_code == 200
        assert site.log_in(classmate, other).status_code == 200
        # the known browser has an allowance of its own, and not more
        for _ in range(3):
            assert site.log_in(victim, email, "wrong-password-1").status_code == 401
        assert_too_many(site.log_in(victim, email), "login_failures_device")


def test_asking_for_mail_at_one_address_stops_after_a_while(site: Site) -> None:
    with site.server.client() as client:
        email, other = site.register(client), site.register(client)
        for _ in range(2):
            assert client.post("/auth/password-reset", json={"email": email}).status_code == 202
        assert_too_many(client.post("/auth/password-reset", json={"email": email.upper()}), "password_reset")
        assert client.post("/auth/password-reset", json={"email": other}).status_code == 202


# The limits per address come last: everybody here has the same one.


def test_trying_many_accounts_from_one_address_stops_after_a_while(site: Site) -> None:
    with site.server.client() as known, site.server.client() as guesser:
        email = site.register(known)
        assert site.log_in(known, email).status_code == 200
        statuses: list[int] = []
        while 429 not in statuses:
            assert len(statuses) <= 12
            reply = site.log_in(guesser, f"{uuid4().hex}@example.org", "wrong-password-1")
            statuses.append(reply.status_code)
        assert_too_many(reply, "login_failures_address")
        # behind the same NAT: a browser that was here before is let in
        assert site.log_in(known, email).status_code == 200


def test_asking_for_many_peoples_mail_stops_after_a_while(site: Site) -> None:
    with site.server.client() as client:
        statuses: list[int] = []
        while 429 not in statuses:
            assert len(statuses) <= 8
            reply = client.post("/auth/password-reset", json={"email": f"{uuid4().hex}@example.org"})
            statuses.append(reply.status_code)
        assert_too_many(reply, "password_reset_address")


def test_registering_without_end_stops_after_a_while(site: Site) -> None:
    body = {"email": "somebody@example.org", "password": "too-weak", "display_name": "Ada"}
    with site.server.client() as client:
        statuses: list[int] = []
        while 429 not in statuses:
            assert len(statuses) <= 60
            reply = client.post("/auth/register", json=body)
            statuses.append(reply.status_code)
        assert_too_many(reply, "register")
