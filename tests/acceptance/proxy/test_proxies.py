"""What a learner does works behind nginx, Caddy and HAProxy, with nothing set but the public address."""

import json
from uuid import uuid4

import httpx
import pytest

from nexus_server.commands.proxy_checks import WEBSOCKET
from tests.acceptance.proxy.conftest import HOST, ProxiedSite
from tests.plugins.server import PASSWORD

pytestmark = [pytest.mark.docker]


def log_in(site: ProxiedSite, browser: httpx.Client) -> httpx.Response:
    """Register and log in as a page does."""
    browser.get("/nexus/login", extensions={"sni_hostname": HOST}).raise_for_status()
    body = {"email": f"{uuid4().hex}@example.org", "password": PASSWORD, "display_name": "Ada"}
    site.post(browser, "/auth/register", body).raise_for_status()
    reply = site.post(browser, "/auth/login", body)
    reply.raise_for_status()
    return reply


def seen(site: ProxiedSite, **headers: str) -> dict[str, object]:
    """Return how a request with `headers` arrives."""
    with site.browser(**headers) as browser:
        reply = browser.get("/nexus/api/v1/health/connection", extensions={"sni_hostname": HOST})
    found: dict[str, object] = reply.raise_for_status().json()
    return found


def test_requests_arrive_as_the_browser_sent_them(site: ProxiedSite) -> None:
    found = seen(site)
    assert (found["scheme"], found["host"], found["proxy"]) == ("https", f"{HOST}:{site.port}", "trusted")
    upgraded = seen(site, **WEBSOCKET)
    assert upgraded["upgrade"] is True


def test_nobody_forges_an_address(site: ProxiedSite) -> None:
    forged = {"X-Forwarded-For": "192.0.2.77", "X-Real-Ip": "192.0.2.77", "X-Forwarded-Proto": "http"}
    found = seen(site, **forged)
    assert (found["address"], found["scheme"]) == ("127.0.0.1", "https")


def test_the_server_answers_to_its_own_names_only(site: ProxiedSite) -> None:
    """Whatever a proxy lets through: a page elsewhere cannot reach the server under a name of its own."""
    address = f"{site.server.url}/nexus/api/v1/health/live"
    replies = {host: httpx.get(address, headers={"Host": host}) for host in (HOST, "localhost", "evil.example")}
    assert {host: reply.status_code for host, reply in replies.items()} == {
        HOST: 200,
        "localhost": 200,
        "evil.example": 403,
    }


def test_cookies_are_for_tls_only(site: ProxiedSite) -> None:
    with site.browser() as browser:
        reply = log_in(site, browser)
        cookies = {line.split("=", 1)[0]: line.casefold() for line in reply.headers.get_list("Set-Cookie")}
        ours = {name: line for name, line in cookies.items() if name != "_xsrf"}
        assert set(ours) == {"__Host-nexus_access", "__Host-nexus_refresh", "__Host-nexus_device"}
        assert all("secure" in line for line in ours.values())
        me = browser.get("/nexus/api/v1/me", extensions={"sni_hostname": HOST})
        assert me.json()["display_name"] == "Ada"


def test_large_bodies_get_through(site: ProxiedSite) -> None:
    """A refusal is the server's own, in words."""
    with site.browser() as browser:
        log_in(site, browser)
        cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "x" * (3 * 2**20)}
        notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        reply = browser.put(
            "/api/contents/large.ipynb",
            json={"type": "notebook", "format": "json", "content": notebook},
            headers={"X-XSRFToken": browser.cookies["_xsrf"]},
            extensions={"sni_hostname": HOST},
        )
        assert reply.status_code == 201, reply.text


def test_cells_run_over_the_websocket(site: ProxiedSite) -> None:
    with site.browser() as browser:
        token = log_in(site, browser).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        kernel = browser.post(
            "/api/kernels", json={"name": "nexus-python"}, headers=bearer, extensions={"sni_hostname": HOST}
        ).raise_for_status()
        with site.talk(kernel.json()["id"], bearer) as talk:
            assert talk.text_of("print(6 * 7)") == "42\n"


def test_hints_arrive_in_parts(site: ProxiedSite) -> None:
    """A stream that a proxy held back would come as one piece, at its end."""
    with site.browser() as browser:
        token = log_in(site, browser).json()["access_token"]
        error = {"ename": "NameError", "evalue": "name 'x' is not defined", "traceback": []}
        with browser.stream(
            "POST",
            "/nexus/api/v1/hints",
            json={"cell_source": "print(x)", "error": error},
            headers={"Authorization": f"Bearer {token}", "Accept": "text/event-stream"},
            extensions={"sni_hostname": HOST},
        ) as reply:
            assert reply.headers["Content-Type"].startswith("text/event-stream")
            assert "Content-Length" not in reply.headers
            lines = [line for line in reply.iter_lines() if line.startswith("data:")]
    assert json.loads(lines[-1].removeprefix("data:"))
