"""What `nexus doctor` finds out about the way from a browser to the server: the public address, the proxy, TLS.

Each check asks through the public address as a browser would. The server answers how the request arrived.
"""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from nexus_server.health.finding import Finding
from nexus_server.settings import NexusSettings
from nexus_server.web.contract import API

NAME = "public address"
PAGE = "See docs/operator/reverse-proxy.md."
TIMEOUT_S = 10.0
#: how long a proxy may take to refuse a length; one that takes it says nothing
REFUSAL_TIMEOUT_S = 2.0
#: what asks for a WebSocket; HAProxy refuses the question without a key
WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "bmV4dXMtZG9jdG9yLTAxMg==",
}
#: what the client says for itself, which no proxy may hand on as the truth
FORGED_ADDRESS = "192.0.2.77"


@dataclass(frozen=True)
class Arrival:
    """How a request of ours arrived at the server."""

    scheme: str
    host: str
    address: str
    proxy: str
    upgrade: bool


def look_at_public_address(settings: NexusSettings, *, max_body_bytes: int) -> Iterator[Finding]:
    """Yield what is wrong on the way from `settings.public_url` to the server, or that all is well.

    A public address that is this machine's own has no way to look at.
    """
    if settings.is_public_url_local:
        yield Finding(NAME, "ok", f"{settings.public_url}; only this machine can reach it")
        return
    try:
        arrival = _ask(settings.public_url)
    except _UnreachableError as error:
        yield Finding(NAME, "failure", error.message, error.advice)
        return
    found = [*find_mistakes(settings, arrival), *_body_limit(settings.public_url, max_body_bytes)]
    yield from found or [Finding(NAME, "ok", f"{settings.public_url} reaches the server as it should")]


class _UnreachableError(Exception):
    """Nothing that is ours answered."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message, self.advice = message, f"{advice} {PAGE}"


def _ask(public_url: str) -> Arrival:
    """Ask the server how it sees a request that came by its public address.

    Raises:
        _UnreachableError: the server did not answer it.
    """
    url = f"{public_url.rstrip('/')}{API}/health/connection"
    try:
        plain = _get(url, {})
        upgraded = _get(url, WEBSOCKET)
    except httpx.HTTPError as error:
        raise _unreachable(public_url, error) from None
    return Arrival(**{**plain, "upgrade": upgraded["upgrade"]})


def _get(url: str, headers: dict[str, str]) -> dict[str, Any]:
    reply = httpx.get(url, headers={"X-Forwarded-For": FORGED_ADDRESS, **headers}, timeout=TIMEOUT_S)
    try:
        found = reply.json()
    except ValueError:
        found = None
    if reply.status_code == httpx.codes.OK and isinstance(found, dict) and "proxy" in found:
        return found
    raise _refused(url, reply)


def _refused(url: str, reply: httpx.Response) -> _UnreachableError:
    """Say what an answer that is not ours means."""
    said = f"{url} answers {reply.status_code}"
    match reply.status_code:
        case 403:
            return _UnreachableError(f"{said}.", "Let the proxy pass the Host header on unchanged.")
        case 502 | 503 | 504:
            return _UnreachableError(
                f"{said}.", "Start `nexus serve`, or correct the address to which the proxy passes."
            )
        case 301 | 302 | 307 | 308:
            target = reply.headers.get("Location", "nowhere")
            return _UnreachableError(f"{said}, to {target}.", "Set NEXUS_PUBLIC_URL to the address after the redirect.")
        case _:
            return _UnreachableError(f"{said}.", "Another site answers there: correct NEXUS_PUBLIC_URL or the proxy.")


def _unreachable(public_url: str, error: httpx.HTTPError) -> _UnreachableError:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        advice = "Give the proxy a certificate for this name that browsers trust, with the whole chain."
        return _UnreachableError(f"The certificate of {public_url} is not trusted ({error}).", advice)
    advice = "Start the server and the proxy, or correct NEXUS_PUBLIC_URL, the DNS or the firewall."
    return _UnreachableError(f"{public_url} does not answer ({error or type(error).__name__}).", advice)


def find_mistakes(settings: NexusSettings, arrival: Arrival) -> Iterator[Finding]:
    """Yield each thing that got lost on the way."""
    public = urlsplit(settings.public_url)
    if arrival.proxy == "untrusted":
        advice = f"Add {arrival.address} to NEXUS_TRUSTED_PROXIES, if that is your proxy. {PAGE}"
        yield Finding(
            NAME, "failure", f"The proxy at {arrival.address} is not trusted: every visitor counts as it.", advice
        )
    elif arrival.address == FORGED_ADDRESS and not _is_this_machine(public.hostname or ""):
        advice = f"Let the proxy replace X-Forwarded-For by the address of its peer, or append that address. {PAGE}"
        yield Finding(NAME, "failure", "The proxy lets visitors forge their address.", advice)
    if arrival.proxy != "untrusted" and arrival.scheme != public.scheme:
        message = f"Browsers come by {public.scheme}, but requests arrive as {arrival.scheme}."
        advice = f"Let the proxy set X-Forwarded-Proto to the scheme of the browser's request. {PAGE}"
        yield Finding(NAME, "failure", message, advice)
    if arrival.host.lower() != public.netloc.rpartition("@")[2].lower():
        message = f"Requests arrive for the host {arrival.host}, not {public.netloc}."
        advice = f"Let the proxy pass the Host header on with its port: WebSockets are refused otherwise. {PAGE}"
        yield Finding(NAME, "failure", message, advice)
    if not arrival.upgrade:
        advice = f"Let the proxy speak HTTP/1.1 to the server and pass Upgrade and Connection on. {PAGE}"
        yield Finding(NAME, "failure", "WebSockets do not get through: no cell could run.", advice)
    if public.scheme == "http":
        advice = f"Let a proxy with a certificate stand before the server. {PAGE}"
        yield Finding(NAME, "warning", f"{settings.public_url} is not encrypted: passwords can be read.", advice)


def _is_this_machine(host: str) -> bool:
    """Whether a name leads to the loopback, where the doctor itself counts as a trusted proxy."""
    found = socket.getaddrinfo(host, None)
    return any(str(address[4][0]).startswith(("127.", "::1")) for address in found)


def _body_limit(public_url: str, max_body_bytes: int) -> Iterator[Finding]:
    """Announce the largest body that the server takes, and see whether the proxy refuses it at once."""
    public = urlsplit(public_url)
    host = public.hostname or ""
    port = public.port or {"http": 80, "https": 443}[public.scheme]
    head = f"POST {API}/auth/login HTTP/1.1\r\nHost: {public.netloc}\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {max_body_bytes}\r\nConnection: close\r\n\r\n"
    try:
        connection = socket.create_connection((host, port), timeout=TIMEOUT_S)
        if public.scheme == "https":
            connection = ssl.create_default_context().wrap_socket(connection, server_hostname=host)
        with connection:
            connection.sendall(head.encode())
            connection.settimeout(REFUSAL_TIMEOUT_S)
            answer = connection.recv(64)
    except OSError:
        return  # nobody refused it in time; that the address answers was seen before
    if b" 413 " in answer.split(b"\r\n")[0] + b" ":
        message = f"The proxy refuses bodies of {max_body_bytes // 2**20} MB, which the server takes."
        yield Finding(NAME, "failure", message, f"Raise its limit (nginx: client_max_body_size). {PAGE}")
