"""One learner who sends the worst, over and over, from a process of their own.

    python -m benchmarks._hostile_attacks URL TOKEN KIND NODE KERNEL

It runs until it is ended. What it sends is made once, so that it costs the machine next to nothing but to send it.
"""

import asyncio
import contextlib
import json
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect

API = "/nexus/api/v1"
MIB = 1024 * 1024
MOST = 16 * MIB - 4096
#: requests of each kind that are on their way at the same time
AT_ONCE = 4
HALF_SENT = 600


@dataclass(frozen=True)
class Target:
    """Whom it is sent to."""

    url: str
    token: str
    node: str
    kernel: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


def _lists(size: int = MOST) -> bytes:
    return b'{"type":"notebook","content":[' + b"[]," * (size // 3 - 20) + b"[]]}"


def _cells() -> bytes:
    cell: dict[str, object] = {
        "cell_type": "code",
        "source": "",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    notebook = {"cells": [cell] * 100_000, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps({"type": "notebook", "format": "json", "content": notebook}).encode()


def _hint() -> bytes:
    error = {"ename": "TypeError", "evalue": "unsupported operand type(s) for +: 'int' and 'str'"}
    failure = {"cell_source": " + ".join(["a"] * 4_800), "error": {**error, "traceback": "Cell In[1], line 1"}}
    return json.dumps(failure).encode()


def _post() -> bytes:
    return json.dumps({"title": "why", "body_md": "![" * 9_900}).encode()


def _answers() -> bytes:
    return json.dumps({"answers": {str(number): ["x"] * 100 for number in range(2_400)}}).encode()[:999_000]


async def _flood(target: Target, method: str, path: str, body: bytes) -> None:
    verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with httpx.AsyncClient(base_url=target.url, headers=target.headers, timeout=300, verify=verify) as client:

        async def send() -> None:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    reply = await client.request(method, path, content=body)
                    if reply.status_code == 429:
                        await asyncio.sleep(0.05)  # a sender who does not wait at all would only measure itself

        await asyncio.gather(*(send() for _ in range(AT_ONCE)))


def _http(method: str, path: str, make: Callable[[], bytes]) -> Callable[[Target], Awaitable[None]]:
    async def run(target: Target) -> None:
        await _flood(target, method, path.replace("NODE", target.node), make())

    return run


async def _websocket(target: Target) -> None:
    address = f"{target.url.replace('http', 'ws', 1)}/api/kernels/{target.kernel}/channels?session_id=attack"
    header = {"msg_id": "a", "msg_type": "comm_msg", "session": "attack", "username": "", "version": "5.3"}
    message: dict[str, Any] = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
    text = json.dumps({**message, "content": {"x": [[]] * 1_000_000}})[: 4 * MIB - 100]
    text = text[: text.rindex(",")] + "]}}"
    while True:
        with contextlib.suppress(Exception):  # the server may close the socket however it likes
            async with connect(address, additional_headers=target.headers, compression=None, proxy=None) as opened:
                while True:
                    await opened.send(text)
        await asyncio.sleep(0.05)


async def _half_heads(target: Target) -> None:
    place = urlsplit(target.url)
    opened: list[socket.socket] = []
    while True:
        with contextlib.suppress(OSError):
            opened.append(socket.create_connection((place.hostname, place.port), timeout=5))
            opened[-1].sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        if len(opened) > HALF_SENT:
            opened.pop(0).close()
        await asyncio.sleep(0.002)


async def _kernels(target: Target) -> None:
    verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with httpx.AsyncClient(base_url=target.url, headers=target.headers, timeout=300, verify=verify) as client:

        async def start_and_end() -> None:
            while True:
                with contextlib.suppress(httpx.HTTPError, KeyError):
                    reply = await client.post("/api/kernels", json={"name": "nexus-python"})
                    if reply.status_code == 429:
                        await asyncio.sleep(0.05)
                        continue
                    await client.delete(f"/api/kernels/{reply.json()['id']}")

        await asyncio.gather(*(start_and_end() for _ in range(6)))


KINDS: dict[str, Callable[[Target], Awaitable[None]]] = {
    "contents: 16 MB of lists": _http("PUT", "/api/contents/worst.ipynb", _lists),
    "contents: 100,000 cells": _http("PUT", "/api/contents/cells.ipynb", _cells),
    "submissions: 16 MB of lists": _http("POST", f"{API}/nodes/NODE/submissions", _lists),
    "profile: 16 MB of lists": _http("PATCH", f"{API}/me", _lists),
    "hints: one long line": _http("POST", f"{API}/hints", _hint),
    "forum: image openings": _http("POST", f"{API}/forum/threads", _post),
    "quiz: a megabyte of answers": _http("POST", f"{API}/nodes/NODE/quiz/attempts", _answers),
    "kernel messages: 4 MB of lists": _websocket,
    "half-sent heads": _half_heads,
    "kernel starts": _kernels,
}


if __name__ == "__main__":
    url, token, kind, node, kernel = sys.argv[1:]
    asyncio.run(KINDS[kind](Target(url, token, node, kernel)))  # type: ignore[arg-type]
