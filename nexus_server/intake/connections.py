"""Requests on their way in: what stands between the sockets and the application.

Here it is known who sends (by the signature of the token), from where, and how much is announced, and nothing of the
body was read yet. So what is too much costs next to nothing.
"""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from http.client import responses
from typing import Any

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    RequestStartLine,
    ResponseStartLine,
)

from nexus_server.errors import Kind, NexusError, RateLimitedError, TooLargeError, UnauthenticatedError
from nexus_server.intake.large_bodies import LargeBodies
from nexus_server.intake.settings import IntakeSettings
from nexus_server.phrases import phrase
from nexus_server.token_bucket import TokenBuckets

KIB = 1024
#: bytes of a body that is read only to be dropped, so that the sender gets to read why; longer ones are cut off
MAX_DROPPED_BYTES = 256 * KIB * KIB
#: how fast such a body is read: what it costs is little, but not nothing
DROPPED_BYTES_PER_S = 8 * KIB * KIB

#: where files and notebooks are sent
LARGE_BODIES = re.compile(r"/api/contents(/|$)|/nexus/api/v1/nodes/[^/]+/submissions$")
#: what anybody may fetch as often as they like: files that are sent as they lie on the disk
ASSETS = re.compile(r"/static/|/lab/extensions/|/favicon\.ico$|/nexus/static/")

#: how each cause of a refusal is answered
_STATUS_OF = {Kind.UNAUTHENTICATED: 401, Kind.TOO_LARGE: 413, Kind.RATE_LIMITED: 429}

#: finds the learner behind a request's headers, or None
FindCaller = Callable[[HTTPHeaders, str], str | None]


class Intake(HTTPServerConnectionDelegate):
    """Takes connections in before the application does."""

    def __init__(
        self,
        inner: HTTPServerConnectionDelegate,
        settings: IntakeSettings,
        *,
        bodies: LargeBodies,
        find_caller: FindCaller,
        base_url: str,
        max_body_bytes: int,
    ) -> None:
        """Pass on to `inner`; `max_body_bytes` is what may be sent where files are."""
        self.inner = inner
        self.settings = settings
        self.bodies = bodies
        self.find_caller = find_caller
        self.prefix = base_url.rstrip("/")
        self.max_body_bytes = max_body_bytes
        self.anonymous = TokenBuckets(per_s=settings.anonymous_per_s, burst=settings.anonymous_burst)
        #: what each connection holds: given back when its request is answered
        self._held: dict[object, Callable[[], None]] = {}
        self._known: set[object] = set()
        self._new: Counter[str] = Counter()

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """Begin with a request; the connection's last one is answered."""
        self.give_back(server_conn)
        inner = self.inner.start_request(server_conn, request_conn)
        message = _Message(self, server_conn, request_conn, inner)
        if server_conn not in self._known:
            self._known.add(server_conn)
            message.await_head()
        return message

    def on_close(self, server_conn: object) -> None:
        """Forget a connection."""
        self.give_back(server_conn)
        self._known.discard(server_conn)
        self.inner.on_close(server_conn)

    def hold(self, server_conn: object, give_back: Callable[[], None]) -> None:
        """Keep something for a request until it is answered."""
        self._held[server_conn] = give_back

    def give_back(self, server_conn: object) -> None:
        """Give back what the connection's last request held."""
        held = self._held.pop(server_conn, None)
        if held is not None:
            held()

    def note_new(self, address: str) -> bool:
        """Count a connection that has sent no request yet; whether there may be another one."""
        self._new[address] += 1
        return self._new[address] <= self.settings.new_connections_per_address

    def forget_new(self, address: str) -> None:
        """Count it no longer."""
        self._new[address] -= 1
        if self._new[address] <= 0:
            del self._new[address]


class _Message(HTTPMessageDelegate):
    """One request."""

    def __init__(
        self, intake: Intake, server_conn: object, request_conn: HTTPConnection, inner: HTTPMessageDelegate
    ) -> None:
        self._intake = intake
        self._server_conn = server_conn
        self._connection: Any = request_conn
        self._inner = inner
        self._path = ""
        self._error: NexusError | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._counted_for: str | None = None
        #: bytes that a body may have that does not say how many it has; None for others
        self._bound: int | None = None
        self._came = 0

    # ---- the head ----

    def await_head(self) -> None:
        """Close the connection unless its first request's head comes in time."""
        self._counted_for = self._address
        if not self._intake.note_new(self._counted_for):
            self._head_has_come()
            asyncio.get_running_loop().call_soon(self._connection.close)
            return
        timeout_s = self._intake.settings.head_timeout_s
        self._timer = asyncio.get_running_loop().call_later(timeout_s, self._give_up)

    def _give_up(self) -> None:
        self._head_has_come()
        self._connection.close()

    def _head_has_come(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._counted_for is not None:
            self._intake.forget_new(self._counted_for)
            self._counted_for = None

    @property
    def _address(self) -> str:
        return str(getattr(self._connection.context, "remote_ip", ""))

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Look at a request's head: whoever sends too much is refused, and the body is dropped."""
        self._head_has_come()
        assert isinstance(start_line, RequestStartLine)  # noqa: S101  a server gets requests
        self._path = start_line.path.partition("?")[0].removeprefix(self._intake.prefix)
        announced = None if "Transfer-Encoding" in headers else _announced_bytes(headers)
        if announced == 0 and ("Cookie" in headers or "Authorization" in headers):
            return self._inner.headers_received(start_line, headers)
        return self._take_in(start_line, headers, announced)

    async def _take_in(self, start_line: RequestStartLine, headers: HTTPHeaders, announced: int | None) -> None:
        settings = self._intake.settings
        most = self._intake.max_body_bytes if announced is None else announced
        timeout_s = settings.body_timeout_s + most / (settings.body_kb_per_s * KIB)
        self._connection.set_body_timeout(timeout_s)
        try:
            caller = self._intake.find_caller(headers, str(getattr(self._connection.context, "protocol", "http")))
            if announced is None:
                announced = self._bound = self._unannounced_bytes(caller)
                self._connection.set_max_body_size(MAX_DROPPED_BYTES)
            if caller is None:
                self._admit_anonymous(announced, has_credential="Cookie" in headers or "Authorization" in headers)
            else:
                await self._admit(caller, announced)
        except NexusError as error:
            self._error = error
            self._connection.set_max_body_size(MAX_DROPPED_BYTES)
            self._connection.set_body_timeout(timeout_s + 4 * most / DROPPED_BYTES_PER_S)
            return
        passed_on = self._inner.headers_received(start_line, headers)
        if passed_on is not None:
            await passed_on

    def _limit(self, caller: str | None) -> int:
        """Tell how many bytes a body may have here."""
        settings = self._intake.settings
        if caller is None:
            return settings.anonymous_body_kb * KIB
        return self._intake.max_body_bytes if LARGE_BODIES.match(self._path) else settings.small_body_kb * KIB

    def _unannounced_bytes(self, caller: str | None) -> int:
        """Tell how many bytes a body may have that does not say how many: but for files, few that need no place."""
        limit = self._limit(caller)
        return limit if LARGE_BODIES.match(self._path) else min(limit, self._intake.settings.counted_body_kb * KIB)

    def _admit_anonymous(self, announced: int, *, has_credential: bool) -> None:
        if ASSETS.match(self._path):
            return
        settings, now = self._intake.settings, time.monotonic()
        wait_s = self._intake.anonymous.wait_s(self._address, now)
        if wait_s > 0:
            raise RateLimitedError("Too many requests without a login come from your address.", retry_after_s=wait_s)
        self._intake.anonymous.take(self._address, 1, now)
        if has_credential and announced > settings.anonymous_body_kb * KIB:
            raise UnauthenticatedError("Your login ended. Log in again, then send this again.")
        _require_fits(announced, self._limit(None))

    async def _admit(self, caller: str, announced: int) -> None:
        settings = self._intake.settings
        _require_fits(announced, self._limit(caller))
        if announced <= settings.counted_body_kb * KIB and self._intake.bodies.bytes_left(caller) > 0:
            self._intake.bodies.note(caller, announced)
        else:
            self._intake.hold(self._server_conn, await self._intake.bodies.enter(caller, announced))

    # ---- the body ----

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Pass a piece of the body on; what was refused is dropped slowly."""
        self._came += len(chunk)
        if self._error is None and self._bound is not None:
            try:
                _require_fits(self._came, self._bound)
            except TooLargeError as error:
                self._error = error
                self._inner.on_connection_close()  # for the application the request ends here
        if self._error is not None:
            return asyncio.sleep(len(chunk) / DROPPED_BYTES_PER_S)
        return self._inner.data_received(chunk)

    def finish(self) -> None:
        """Let the application answer, or say why it may not."""
        if self._error is None:
            self._inner.finish()
            return
        status, headers, body = _refusal(self._error)
        self._connection.write_headers(ResponseStartLine("HTTP/1.1", status, responses[status]), headers, body)
        self._connection.finish()

    def on_connection_close(self) -> None:
        """Tell the application, if it has seen the request."""
        self._head_has_come()
        if self._error is None and self._path:
            self._inner.on_connection_close()


def _announced_bytes(headers: HTTPHeaders) -> int:
    length = headers.get("Content-Length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0  # Tornado refuses what is no number


def _require_fits(announced: int, limit: int) -> None:
    if announced > limit:
        text = phrase(
            "This is larger than the {size:,} kB that are taken here. Clear large outputs, or send less.",
            size=limit // KIB,
        )
        raise TooLargeError(text, max_bytes=limit)


def _refusal(error: NexusError) -> tuple[int, HTTPHeaders, bytes]:
    status = _STATUS_OF[error.kind]
    headers = HTTPHeaders({"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"})
    if isinstance(error, RateLimitedError):
        headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
    told = {"code": error.code, "message": error.message, "details": dict(error.details)}
    # Jupyter's shape and that of the product's own API.
    value = {"message": error.message, "reason": None, "error": told}
    body = json.dumps(value).encode()
    headers["Content-Length"] = str(len(body))
    return status, headers, body
