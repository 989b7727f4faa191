"""A tab's side of a kernel's WebSocket: the legacy JSON protocol, one request at a time."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Self
from uuid import uuid4

import httpx
from websockets.sync.client import ClientConnection, connect

TIMEOUT_S = 60.0


def headers_of(client: httpx.Client) -> dict[str, str]:
    """Return the credential of a client of `LiveServer.learner`."""
    return {"Authorization": client.headers["Authorization"]}


class KernelTalk:
    """An open WebSocket to a kernel."""

    def __init__(
        self, server_url: str, kernel_id: str, headers: dict[str, str], session: str | None = None, **options: Any
    ) -> None:
        """Connect, with `options` of `websockets`; raises `InvalidStatus` of it when the server refuses."""
        self.session = session or uuid4().hex
        address = f"{server_url.replace('http', 'ws', 1)}/api/kernels/{kernel_id}/channels?session_id={self.session}"
        self._stack = ExitStack()
        self.socket: ClientConnection = self._stack.enter_context(
            connect(address, additional_headers=headers, open_timeout=TIMEOUT_S, max_size=None, proxy=None, **options)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the tab."""
        self._stack.close()

    def send(self, kind: str, content: dict[str, Any], channel: str = "shell") -> str:
        """Send a request and return its id."""
        msg_id = uuid4().hex
        header = {
            "msg_id": msg_id,
            "msg_type": kind,
            "username": "",
            "session": self.session,
            "version": "5.3",
            "date": "2030-01-01T00:00:00Z",
        }
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": channel}
        self.socket.send(json.dumps({**message, "buffers": []}))
        return msg_id

    def receive(self, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
        """Return the next message."""
        raw = self.socket.recv(timeout=timeout_s)
        if isinstance(raw, bytes):
            # with buffers: how many parts, where each begins, the message, the buffers
            begin, end = (int.from_bytes(raw[at : at + 4], "big") for at in (4, 8))
            raw = raw[begin:end].decode()
        message: dict[str, Any] = json.loads(raw)
        return message

    def messages_of(self, msg_id: str) -> Iterator[dict[str, Any]]:
        """Yield what belongs to a request until the kernel is idle again and has replied, or is dead."""
        waiting = {"idle", "reply"}
        while waiting:
            message = self.receive()
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "dead":
                yield message
                return
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            yield message
            if kind == "status" and content["execution_state"] == "idle":
                waiting.discard("idle")
            if kind.endswith("_reply"):
                waiting.discard("reply")

    def wait_until_busy(self, msg_id: str) -> None:
        """Return when the kernel works on a request; it is busy with the server's own questions too."""
        for message in self.messages_of(msg_id):
            if message["content"].get("execution_state") == "busy":
                return

    def wait_until_taken(self) -> None:
        """Return when the server has handled everything that was sent: it reads one frame after the other."""
        assert self.socket.ping().wait(TIMEOUT_S)

    def execute(self, code: str) -> list[dict[str, Any]]:
        """Run a cell and return all its messages."""
        return list(
            self.messages_of(self.send("execute_request", {"code": code, "silent": False, "allow_stdin": False}))
        )

    def text_of(self, code: str) -> str:
        """Run a cell and return what it printed and its result."""
        parts = []
        for message in self.execute(code):
            content = message["content"]
            if message["msg_type"] == "stream":
                parts.append(content["text"])
            if message["msg_type"] == "execute_result":
                parts.append(content["data"]["text/plain"])
            if message["msg_type"] == "error":
                parts.append(f"{content['ename']}: {content['evalue']}")
        return "".join(parts)
