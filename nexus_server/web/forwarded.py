"""Requests that came through a reverse proxy: who sent them, and over which scheme.

A proxy connects in the browser's place and says for whom in `X-Forwarded-For` and `X-Forwarded-Proto`. Anybody can send
these headers, so they count only when the peer, the program at the other end of the connection, is a trusted proxy.
"""

import ipaddress
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    RequestStartLine,
    ResponseStartLine,
)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: none: nobody passed the request on · trusted: by a trusted proxy · untrusted: the headers were there and were ignored
Passing = Literal["none", "trusted", "untrusted"]

LOOPBACK: tuple[Network, ...] = (ipaddress.IPv4Network("127.0.0.0/8"), ipaddress.IPv6Network("::1/128"))
#: what Tornado calls the peer at a Unix socket, which only programs of this machine can open
UNIX_SOCKET_PEER = "0.0.0.0"  # noqa: S104  compared, never listened on
FOR, SCHEME = "X-Forwarded-For", "X-Forwarded-Proto"
SCHEMES = ("http", "https")


@dataclass(frozen=True)
class Sender:
    """Who sent a request, as far as trusted proxies tell."""

    address: str
    #: http or https; None: as the connection itself
    scheme: str | None
    passing: Passing


@dataclass(frozen=True)
class TrustedProxies:
    """The proxies whose headers count."""

    networks: tuple[Network, ...]
    #: the scheme of the site's public address, for a proxy that passes requests on without naming theirs
    public_scheme: str

    def find_sender(self, peer: str, headers: HTTPHeaders) -> Sender:
        """Return who sent a request that `peer` handed in."""
        if FOR not in headers and SCHEME not in headers:
            return Sender(peer, None, "none")
        if not self._trusts(peer):
            return Sender(peer, None, "untrusted")
        scheme = headers.get(SCHEME, self.public_scheme).rpartition(",")[2].strip().lower()
        address = self._find_client(peer, headers.get(FOR, ""))
        return Sender(address, scheme if scheme in SCHEMES else None, "trusted")

    def _find_client(self, peer: str, chain: str) -> str:
        """Go back from the peer to the first address that is no trusted proxy: what stands before it may be forged."""
        client = peer
        for entry in reversed(chain.split(",")):
            address = find_address(entry)
            if address is None:
                break
            client = str(address)
            if not self._trusts(client):
                break
        return client

    def _trusts(self, peer: str) -> bool:
        if peer == UNIX_SOCKET_PEER:
            return True
        address = find_address(peer)
        return address is not None and any(address in network for network in self.networks)


def find_address(text: str) -> Address | None:
    """Return the address of an entry: ``192.0.2.1``, ``192.0.2.1:80``, ``[2001:db8::1]:80``; None for others."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class ForwardedRequests(HTTPServerConnectionDelegate):
    """An application behind proxies: each of its requests tells the address and scheme of who really sent it."""

    def __init__(self, application: HTTPServerConnectionDelegate, proxies: TrustedProxies) -> None:
        self._application = application
        self._proxies = proxies

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """Begin a request."""
        delegate = self._application.start_request(server_conn, request_conn)
        return _Request(delegate, request_conn, self._proxies)

    def on_close(self, server_conn: object) -> None:
        """End a connection."""
        self._application.on_close(server_conn)


class _Request(HTTPMessageDelegate):
    """One request on its way to the application."""

    def __init__(self, delegate: HTTPMessageDelegate, connection: HTTPConnection, proxies: TrustedProxies) -> None:
        self._delegate = delegate
        self._context = getattr(connection, "context", None)
        self._proxies = proxies

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Let the request be made with the sender's address and scheme.

        The connection's context is the only way to them. It outlives the request, so it is put back once that is made.
        """
        context = self._context
        if context is None:
            return self._delegate.headers_received(start_line, headers)
        own = context.remote_ip, context.protocol
        sender = self._proxies.find_sender(context.remote_ip, headers)
        context.remote_ip, context.protocol = sender.address, sender.scheme or context.protocol
        context.passing = sender.passing
        waits = None
        try:
            waits = self._delegate.headers_received(start_line, headers)
        finally:
            if waits is None:
                context.remote_ip, context.protocol = own
        return None if waits is None else self._put_back_after(waits, own)

    async def _put_back_after(self, waits: Awaitable[None], own: tuple[str, str]) -> None:
        """Wait for an application that takes its time to let the request in; nothing else is read meanwhile."""
        try:
            await waits
        finally:
            if self._context is not None:
                self._context.remote_ip, self._context.protocol = own

    def data_received(self, chunk: bytes) -> Any:
        """Pass a part of the body on."""
        return self._delegate.data_received(chunk)

    def finish(self) -> None:
        """End the request."""
        self._delegate.finish()

    def on_connection_close(self) -> None:
        """Tell the application that the peer is gone."""
        self._delegate.on_connection_close()


def passing_of(connection: object) -> Passing:
    """Return how the request that `connection` carries came here."""
    passing: Passing = getattr(getattr(connection, "context", None), "passing", "none")
    return passing


def proxies_of(networks: Sequence[Network], *, public_url: str, is_local: bool) -> TrustedProxies:
    """Return the proxies of a site.

    Where the public address is another than this machine's own, a proxy stands before the server: one on this machine
    needs no naming.
    """
    loopback = () if is_local else LOOPBACK
    return TrustedProxies((*loopback, *networks), public_url.partition(":")[0])
