"""A small HTTP/1.1 load generator: keep-alive connections that send prepared bytes, so that the client costs little."""

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What a round of load gave. Latencies in seconds, sorted."""

    requests: int
    seconds: float
    latencies: list[float]
    failures: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def quantile_ms(self, share: float) -> float:
        return round(1000 * self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))], 2)


def request_bytes(
    port: int, path: str, token: str | None = None, body: bytes | None = None, *, cached: bool = True
) -> bytes:
    """Return a request as it goes over the wire; `cached` False asks for a reply that no cache has."""
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept: */*"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if not cached:
        lines.append("Cache-Control: no-cache")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


async def run_load(port: int, requests: list[bytes], *, seconds: float) -> Load:
    """Send each of `requests` over its own connection, again and again, for some seconds."""
    until = time.perf_counter() + seconds
    latencies: list[float] = []
    failures = [0]
    started = time.perf_counter()
    await asyncio.gather(*(_connection(port, request, until, latencies, failures) for request in requests))
    return Load(len(latencies), time.perf_counter() - started, sorted(latencies), failures[0])


async def _connection(port: int, request: bytes, until: float, latencies: list[float], failures: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(request)
        if not (await read_reply(reader))[0].startswith(b"HTTP/1.1 2"):
            failures[0] += 1
        latencies.append(time.perf_counter() - began)
    writer.close()
    await writer.wait_closed()


async def read_reply(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Return the head and the body of one reply."""
    head = await reader.readuntil(b"\r\n\r\n")
    lowered = head.lower()
    start = lowered.index(b"content-length:") + len(b"content-length:")
    length = int(lowered[start : lowered.index(b"\r\n", start)])
    return head, await reader.readexactly(length)
