"""`nexus doctor` names each mistake that breaks a site behind a proxy, here nginx."""

import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from nexus_server.commands.proxy_checks import Arrival, find_mistakes, look_at_public_address
from nexus_server.health.finding import Finding
from nexus_server.settings import NexusSettings
from tests.acceptance.proxy.conftest import HOST, run_proxy
from tests.plugins.certificates import write_certificate
from tests.plugins.processes import free_port
from tests.plugins.server import LiveServer, StartServer

LIMIT_BYTES = 16 * 2**20

Examine = Callable[..., list[Finding]]


@pytest.fixture(scope="module")
def proxied(start_server: StartServer) -> tuple[LiveServer, int]:
    """A server, and the port of its public address."""
    port = free_port()
    return start_server(NEXUS_PUBLIC_URL=f"https://{HOST}:{port}"), port


@pytest.fixture
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The site's name leads to this machine: no DNS can be asked here."""
    ask = socket.getaddrinfo

    def answer(host: Any, *rest: Any, **options: Any) -> Any:
        return ask("127.0.0.1" if host in {HOST, HOST.encode()} else host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@pytest.fixture
def examine(proxied: tuple[LiveServer, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _names: None) -> Examine:
    """Runs the checks through nginx, with something in its configuration replaced."""
    server, port = proxied
    certificate = write_certificate(tmp_path, HOST)

    def run(
        changes: Mapping[str, str], *, upstream: str = "", trusted: bool = True, scheme: str = "https"
    ) -> list[Finding]:
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        settings = NexusSettings(public_url=f"{scheme}://{HOST}:{port}")
        upstream = upstream or server.url.removeprefix("http://")
        with run_proxy("nginx", tmp_path, port, upstream, certificate=certificate, changes=changes):
            return list(look_at_public_address(settings, max_body_bytes=LIMIT_BYTES))

    return run


def test_a_good_proxy_is_praised(examine: Examine) -> None:
    [finding] = examine({})
    assert (finding.status, finding.advice) == ("ok", "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"proxy_set_header Upgrade $http_upgrade;": ""}, "Upgrade and Connection"),
        ({"proxy_set_header Host $http_host;": ""}, "pass the Host header on unchanged"),
        ({"$http_host": "$host"}, "WebSockets are refused otherwise"),
        ({"X-Forwarded-Proto $scheme": "X-Forwarded-Proto http"}, "X-Forwarded-Proto to the scheme"),
        ({"client_max_body_size 0": "client_max_body_size 1m"}, "client_max_body_size"),
        ({"location / {": "location / { return 301 https://www.nexus.example/;"}, "after the redirect"),
        ({"location / {": "location / { return 200 'hello';"}, "Another site answers"),
    ],
)
def test_a_mistake_is_named(examine: Examine, changes: dict[str, str], words: str) -> None:
    [finding] = examine(changes)
    assert finding.status == "failure"
    assert words in finding.advice


def test_a_server_that_is_down_is_named(examine: Examine) -> None:
    [finding] = examine({}, upstream=f"127.0.0.1:{free_port()}")
    assert "502" in finding.message
    assert "Start `nexus serve`" in finding.advice


def test_a_certificate_that_nobody_trusts_is_named(examine: Examine) -> None:
    [finding] = examine({}, trusted=False)
    assert "certificate" in finding.message
    assert "whole chain" in finding.advice


@pytest.mark.usefixtures("_names")
def test_a_proxy_that_is_down_is_named() -> None:
    [finding] = look_at_public_address(NexusSettings(public_url=f"https://{HOST}:{free_port()}"), max_body_bytes=1)
    assert finding.status == "failure"
    assert "Start the server and the proxy" in finding.advice


def test_this_machines_own_address_needs_no_proxy() -> None:
    [finding] = look_at_public_address(NexusSettings(public_url="http://localhost:8888"), max_body_bytes=1)
    assert finding.status == "ok"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"proxy": "untrusted", "address": "10.0.0.7", "scheme": "http"}, "Add 10.0.0.7 to NEXUS_TRUSTED_PROXIES"),
        ({"address": "192.0.2.77"}, "replace X-Forwarded-For"),
    ],
)
def test_addresses_that_are_not_the_visitors_are_named(changes: dict[str, str], words: str) -> None:
    """What takes a proxy on another machine."""
    arrival = Arrival(
        **{"scheme": "https", "host": "localhost", "address": "127.0.0.1", "proxy": "trusted", **changes}, upgrade=True
    )
    settings = NexusSettings(public_url="https://198.51.100.9")
    found = [finding for finding in find_mistakes(settings, arrival) if words in finding.advice]
    assert [finding.status for finding in found] == ["failure"]
