"""A tab's side of a kernel's WebSocket, many at a time: the legacy JSON protocol, one cell at a time."""

import asyncio
import json
import time
from typing import Any, Self
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

TIMEOUT_S = 180.0


class Tab:
    """An open WebSocket to a kernel."""

    def __init__(self, socket: ClientConnection, session: str) -> None:
        self._socket = socket
        self._session = session

    @classmethod
    async def open(cls, url: str, kernel_id: str, headers: dict[str, str]) -> Self:
        """Connect; raises `websockets.exceptions.InvalidStatus` when the server refuses."""
        session = uuid4().hex
        address = f"{url.replace('http', 'ws', 1)}/api/kernels/{kernel_id}/channels?session_id={session}"
        # No compression and no pings: both would be work of the client that a browser does elsewhere.
        socket = await connect(
            address,
            additional_headers=headers,
            open_timeout=TIMEOUT_S,
            max_size=None,
            max_queue=None,
            compression=None,
            ping_interval=None,
            proxy=None,
        )
        return cls(socket, session)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *details: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._socket.close()

    async def run(self, code: str) -> str:
        """Run a cell; return what it printed and its result once the kernel is idle and has replied."""
        async with asyncio.timeout(TIMEOUT_S):
            return await self._run(code)

    async def _run(self, code: str) -> str:
        msg_id = uuid4().hex
        await self._socket.send(json.dumps(self._request(msg_id, code)))
        parts: list[str] = []
        waiting = {"idle", "reply"}
        while waiting:
            message = json.loads(await self._socket.recv())
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "dead":
                raise RuntimeError(f"The kernel died: {content}")
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            if kind == "stream":
                parts.append(content["text"])
            elif kind == "execute_result":
                parts.append(content["data"]["text/plain"])
            elif kind == "error":
                raise RuntimeError(f"{content['ename']}: {content['evalue']}")
            elif kind == "execute_reply":
                waiting.discard("reply")
            elif kind == "status" and content["execution_state"] == "idle":
                waiting.discard("idle")
        return "".join(parts)

    def _request(self, msg_id: str, code: str) -> dict[str, Any]:
        header = {
            "msg_id": msg_id,
            "msg_type": "execute_request",
            "username": "",
            "session": self._session,
            "version": "5.3",
            "date": "2030-01-01T00:00:00Z",
        }
        content = {"code": code, "silent": False, "allow_stdin": False}
        return {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
            "buffers": [],
        }

    async def add(self) -> None:
        """Run `1+1`."""
        if (found := await self.run("1+1")) != "2":
            raise RuntimeError(f"1+1 is {found!r}")

    async def round_trips(self, count: int, pause_s: float = 0.1) -> list[float]:
        """Seconds of each `1+1`, with the pauses of somebody who thinks."""
        return [await round_trip(self, pause_s) for _ in range(count)]


async def round_trip(tab: Tab, pause_s: float) -> float:
    """Seconds of one `1+1` after a pause."""
    await asyncio.sleep(pause_s)
    begun = time.perf_counter()
    await tab.add()
    return time.perf_counter() - begun
