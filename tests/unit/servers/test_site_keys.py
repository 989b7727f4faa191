"""Servers that share a key trust each other, and nobody else."""

import ssl
from uuid import UUID, uuid4

import pytest

from nexus_server.servers.errors import BadSiteKeyError
from nexus_server.servers.site_keys import SiteKeys, parse_site_keys, peer_name

OLD, NEW = "o" * 32, "n" * 32


def keys(*texts: str) -> SiteKeys:
    found = parse_site_keys(texts)
    assert found is not None
    return found


def shake_hands(asking: SiteKeys, answering: SiteKeys, *, expected: UUID | None = None) -> None:
    """Do a handshake in memory; the one who asks expects a server of a certain number."""
    server_id = uuid4()
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = asking.client_context(uuid4()).wrap_bio(
        to_client, to_server, server_hostname=peer_name(expected or server_id)
    )
    server = answering.server_context(server_id).wrap_bio(to_server, to_client, server_side=True)
    waiting = [client, server]
    for _ in range(10):
        for side in tuple(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                continue
    assert not waiting
    # With TLS 1.3 the one who asks is done before it is known who they are.
    client.write(b"hello")
    assert server.read(5) == b"hello"


def test_servers_with_the_same_key_trust_each_other() -> None:
    shake_hands(keys(OLD), keys(OLD))


def test_a_stranger_is_refused_on_either_side() -> None:
    with pytest.raises(ssl.SSLError):
        shake_hands(keys(OLD), keys(NEW))


def test_a_server_cannot_stand_in_for_another_one() -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shake_hands(keys(OLD), keys(OLD), expected=uuid4())


def test_whoever_has_no_certificate_is_refused() -> None:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    client = anybody.wrap_bio(to_client, to_server)
    server = keys(OLD).server_context(uuid4()).wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server):
        with pytest.raises(ssl.SSLWantReadError):
            side.do_handshake()
    client.do_handshake()
    with pytest.raises(ssl.SSLError, match="did not return a certificate"):
        server.do_handshake()


@pytest.mark.parametrize(
    ("one", "other"),
    [((OLD,), (OLD, NEW)), ((OLD, NEW), (NEW, OLD)), ((NEW, OLD), (NEW,))],
    ids=["the new one is added", "the new one comes first", "the old one is left out"],
)
def test_a_key_changes_without_a_stop(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """At each step servers that made it talk with servers that did not, in both directions."""
    shake_hands(keys(*one), keys(*other))
    shake_hands(keys(*other), keys(*one))


def test_signatures_are_of_a_key_and_a_text() -> None:
    signed = keys(OLD).sign("one|ada")
    assert signed == keys(OLD, NEW).sign("one|ada")
    assert signed not in {keys(NEW).sign("one|ada"), keys(OLD).sign("two|ada")}
    assert signed.replace("-", "").replace("_", "").isalnum()


def test_short_keys_are_refused_and_none_is_none() -> None:
    with pytest.raises(BadSiteKeyError, match="32 characters"):
        parse_site_keys([OLD, "short"])
    assert parse_site_keys(["", " "]) is None
