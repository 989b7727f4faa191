"""Proxies before several servers follow the home cookie, and do without it."""

import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from tests.acceptance.proxy.conftest import CONFIGURATIONS, HOST, PROXIES, ProxiedSite, run_proxy
from tests.acceptance.servers.conftest import SharedSite, passed_on
from tests.plugins.certificates import write_certificate
from tests.plugins.processes import free_port
from tests.plugins.server import PASSWORD

pytestmark = [pytest.mark.docker, pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(400)]

SERVER_NAME = {"sni_hostname": HOST}


@dataclass
class Before:
    """A proxy before the servers, and a browser that is logged in through it."""

    proxied: ProxiedSite
    browser: httpx.Client

    def list_files(self) -> httpx.Response:
        return self.browser.get("/api/contents/", extensions=SERVER_NAME).raise_for_status()


@pytest.fixture(params=sorted(PROXIES))
def before(
    request: pytest.FixtureRequest, site: SharedSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Before]:
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    certificate = write_certificate(folder, HOST)
    one, two = (site.servers[name].url.removeprefix("http://") for name in ("one", "two"))
    changes = {"10.0.0.1:8888": one, "10.0.0.2:8888": two}
    several = CONFIGURATIONS / "several"
    with run_proxy(request.param, folder, port, one, certificate=certificate, changes=changes, configurations=several):
        trust = ssl.create_default_context(cafile=str(certificate))
        proxied = ProxiedSite(site.servers["one"], port, trust, certificate)
        with closing(proxied.browser()) as browser:
            log_in(proxied, browser)
            yield Before(proxied, browser)


def log_in(proxied: ProxiedSite, browser: httpx.Client) -> None:
    browser.get("/nexus/login", extensions=SERVER_NAME).raise_for_status()
    body = {"email": f"{uuid4().hex}@example.org", "password": PASSWORD, "display_name": "Ada"}
    proxied.post(browser, "/auth/register", body).raise_for_status()
    proxied.post(browser, "/auth/login", body).raise_for_status()


def test_a_browser_comes_to_its_home_and_any_other_cookie_does_no_harm(site: SharedSite, before: Before) -> None:
    before.list_files()
    home = before.browser.cookies["nexus_home"]
    name = home.partition("~")[0]
    assert name in site.servers
    counted = passed_on(site)
    for _ in range(4):
        assert "nexus_home" not in before.list_files().cookies
    assert passed_on(site) == counted, "each came straight to its home"
    (other,) = set(site.servers) - {name}
    before.browser.cookies.set("nexus_home", f"{other}~forged", domain="127.0.0.1")
    assert before.list_files().cookies["nexus_home"] == home
    assert passed_on(site) == counted + 1, "a wrong one costs a way, once"
    for nobodys in ("nobody~x", "nobody", ""):
        before.browser.cookies.delete("nexus_home")
        before.browser.cookies.set("nexus_home", nobodys, domain="127.0.0.1")
        assert before.list_files().cookies["nexus_home"] == home
