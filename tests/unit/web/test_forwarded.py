"""Whose request it is: by the headers of trusted proxies, and of nobody else."""

from ipaddress import ip_network
from typing import Any

import pytest
from tornado.httputil import HTTPHeaders
from traitlets import TraitError

from nexus_server.settings import NexusSettings
from nexus_server.web.forwarded import Sender, TrustedProxies, proxies_of

PROXIES = TrustedProxies((ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48")), "https")


def sender(peer: str, *, forwarded_for: str | None = None, proto: str | None = None) -> Sender:
    headers = HTTPHeaders()
    if forwarded_for is not None:
        headers["X-Forwarded-For"] = forwarded_for
    if proto is not None:
        headers["X-Forwarded-Proto"] = proto
    return PROXIES.find_sender(peer, headers)


def test_a_direct_request_is_its_peers() -> None:
    assert sender("203.0.113.5") == Sender("203.0.113.5", None, "none")
    assert sender("127.0.0.1") == Sender("127.0.0.1", None, "none")


def test_what_strangers_say_is_ignored() -> None:
    assert sender("203.0.113.5", forwarded_for="198.51.100.1", proto="https") == Sender(
        "203.0.113.5", None, "untrusted"
    )


@pytest.mark.parametrize(
    ("chain", "address"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("192.0.2.66, 198.51.100.1", "198.51.100.1"),  # the first is what the visitor claims
        ("192.0.2.66, 198.51.100.1, 10.1.2.3", "198.51.100.1"),  # two proxies
        ("10.9.9.9, 10.1.2.3", "10.9.9.9"),  # a visitor from inside
        ("unknown, 10.1.2.3", "10.1.2.3"),
        ("198.51.100.1:4711", "198.51.100.1"),
        ("[2001:db8:2::7]:443", "2001:db8:2::7"),
        ("2001:db8:2::7", "2001:db8:2::7"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("", "127.0.0.1"),
        (",,,", "127.0.0.1"),
        ("<script>, 198.51.100.1", "198.51.100.1"),
    ],
)
def test_the_chain_is_read_from_its_trusted_end(chain: str, address: str) -> None:
    assert sender("127.0.0.1", forwarded_for=chain, proto="https") == Sender(address, "https", "trusted")


@pytest.mark.parametrize(
    ("proto", "scheme"),
    [("https", "https"), ("http", "http"), ("HTTPS", "https"), ("http, https", "https"), (None, "https"), ("ws", None)],
)
def test_the_scheme_is_the_last_proxys_or_the_sites(proto: str | None, scheme: str | None) -> None:
    assert sender("10.0.0.1", forwarded_for="198.51.100.1", proto=proto).scheme == scheme


def test_a_proxy_at_the_unix_socket_is_trusted() -> None:
    assert sender("0.0.0.0", forwarded_for="198.51.100.1").address == "198.51.100.1"  # noqa: S104  Tornado's word


def test_this_machine_is_trusted_where_a_proxy_is_expected() -> None:
    headers = HTTPHeaders({"X-Forwarded-For": "198.51.100.1"})
    public = proxies_of([], public_url="https://nexus.example", is_local=False)
    assert public.find_sender("127.0.0.1", headers).passing == "trusted"
    assert public.find_sender("::1", headers).passing == "trusted"
    local = proxies_of([], public_url="http://localhost:8888", is_local=True)
    assert local.find_sender("127.0.0.1", headers).passing == "untrusted"


@pytest.mark.parametrize(
    ("traits", "words"),
    [
        ({"trusted_proxies": ["proxy.example"]}, "'proxy.example' is neither an address nor a network"),
        ({"trusted_proxies": ["10.0.0.1/8"]}, "host bits set"),
        ({"trusted_proxies": ["0.0.0.0/0"]}, "everybody"),
        ({"public_url": "nexus.example"}, "https://nexus.example.org"),
        ({"public_url": "ftp://nexus.example"}, "https://nexus.example.org"),
    ],
)
def test_addresses_that_are_none_are_named(traits: dict[str, Any], words: str) -> None:
    with pytest.raises(TraitError, match=words):
        NexusSettings(**traits).check_addresses()


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://localhost:8888", True),
        ("http://127.0.0.1:8888", True),
        ("http://[::1]:8888", True),
        ("https://nexus.example", False),
        ("https://192.0.2.1", False),
    ],
)
def test_which_addresses_are_this_machines_own(url: str, is_local: bool) -> None:  # noqa: FBT001  a table
    assert NexusSettings(public_url=url).is_public_url_local is is_local


def test_proxies_are_named_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXUS_TRUSTED_PROXIES", "10.0.0.7, 192.168.1.0/24,")
    assert NexusSettings().proxy_networks == [ip_network("10.0.0.7"), ip_network("192.168.1.0/24")]
