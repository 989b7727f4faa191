"""A learner's browser without the browser: the HTTP API, Jupyter's own API, and a kernel's WebSocket."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

import httpx
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from nexus_server.errors import NexusError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

API = "/nexus/api/v1"
REPLY_TIMEOUT_S = 120.0


class JourneyError(NexusError):
    """The server did not do what the journey expects."""

    code = "journey_broken"


@dataclass
class CellOutcome:
    """What a cell printed, returned, or failed with."""

    text: str = ""
    result: str | None = None
    error: dict[str, Any] | None = None

    @property
    def shown(self) -> str:
        """Everything that a learner would see below the cell."""
        return self.text + (self.result or "")


@dataclass
class KernelChannel:
    """An open channel to a kernel; `run` executes one cell."""

    id: str
    socket: WebSocketClientConnection
    session: str = field(default_factory=lambda: uuid4().hex)

    async def run(self, code: str) -> CellOutcome:
        """Execute a cell and wait until the kernel is idle again.

        Raises:
            JourneyError: the kernel or the connection went away.
        """
        message_id = uuid4().hex
        await self.socket.write_message(json.dumps(self._execute_request(message_id, code)))
        outcome = CellOutcome()
        async with asyncio.timeout(REPLY_TIMEOUT_S):
            while True:
                raw = await self.socket.read_message()
                if raw is None:
                    raise JourneyError("The kernel's connection was closed.")
                message = json.loads(raw)
                if message["parent_header"].get("msg_id") == message_id and _take(outcome, message):
                    return outcome

    def _execute_request(self, message_id: str, code: str) -> dict[str, Any]:
        header = {
            "msg_id": message_id,
            "msg_type": "execute_request",
            "session": self.session,
            "username": "",
            "version": "5.3",
        }
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        return {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content}


def _take(outcome: CellOutcome, message: dict[str, Any]) -> bool:
    """Add a message to the outcome; True when it says that the cell is done."""
    content, kind = message["content"], message["header"]["msg_type"]
    if kind == "stream":
        outcome.text += content["text"]
    elif kind in ("execute_result", "display_data"):
        outcome.result = content["data"].get("text/plain")
    elif kind == "error":
        outcome.error = {name: content[name] for name in ("ename", "evalue", "traceback")}
    return bool(kind == "status" and content["execution_state"] == "idle")


class Browser:
    """One learner's HTTP session, authenticated by a bearer token once logged in."""

    def __init__(self, url: str) -> None:
        """Talk to the server at `url`, e.g. ``http://127.0.0.1:8888``."""
        self.url = url
        self._http = httpx.AsyncClient(base_url=url, timeout=REPLY_TIMEOUT_S)

    async def __aenter__(self) -> Self:
        """Open the session."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Close the session."""
        await self._http.aclose()

    async def log_in(self, email: str, password: str) -> dict[str, Any]:
        """Log in, keep the access token and forget the cookies: programs use one credential."""
        reply: dict[str, Any] = await self.call("POST", f"{API}/auth/login", {"email": email, "password": password})
        self._http.cookies.clear()
        self._http.headers["Authorization"] = f"Bearer {reply['access_token']}"
        return reply

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request and return the JSON reply (None when empty).

        Raises:
            JourneyError: the server answered with an error.
        """
        reply = await self._http.request(method, path, json=body)
        if reply.is_error:
            raise JourneyError(f"{method} {path} answered {reply.status_code}: {reply.text[:400]}")
        return reply.json() if reply.content else None

    async def status_of(self, method: str, path: str) -> int:
        """Return just the status of a request."""
        return (await self._http.request(method, path)).status_code

    @asynccontextmanager
    async def kernel(self, path: str, kernel_name: str) -> "AsyncIterator[KernelChannel]":
        """Start a notebook's session as JupyterLab does, and shut its kernel down at the end."""
        body = {"path": path, "name": path.rsplit("/", 1)[-1], "type": "notebook", "kernel": {"name": kernel_name}}
        session = await self.call("POST", "/api/sessions", body)
        kernel_id = session["kernel"]["id"]
        address = f"{self.url.replace('http', 'ws', 1)}/api/kernels/{kernel_id}/channels?session_id={uuid4().hex}"
        request = HTTPRequest(address, headers={"Authorization": self._http.headers["Authorization"]})
        socket = await websocket_connect(request, max_message_size=32 * 1024 * 1024)
        try:
            yield KernelChannel(kernel_id, socket)
        finally:
            socket.close()
            await self.call("DELETE", f"/api/sessions/{session['id']}")


def solutions(notebook: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (grade_id, source) of every cell in a source notebook that a learner has to write."""
    for cell in notebook["cells"]:
        facts = cell.get("metadata", {}).get("nbgrader", {})
        if facts.get("solution"):
            yield facts["grade_id"], "".join(cell["source"])
