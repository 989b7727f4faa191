"""Before the application: a request that needs its learner's home is answered here where this is it, else passed on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from prometheus_client import Counter
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    RequestStartLine,
    ResponseStartLine,
)

from nexus_server.errors import NexusError
from nexus_server.intake.connections import FindCaller
from nexus_server.jupyter.passing.home_routes import HomeRoutes
from nexus_server.jupyter.passing.passed_on import HOP_BY_HOP, MISDIRECTED, PassedOn
from nexus_server.jupyter.passing.peers import PeerConnections
from nexus_server.jupyter.passing.refusal import refuse
from nexus_server.servers.errors import NotHomeError, PeerUnreachableError
from nexus_server.servers.homes import Homes
from nexus_server.servers.liveness import PeerAddress
from nexus_server.tasks import once
from nexus_server.web.forwarded import FOR, SCHEME

PASSED_ON = Counter("nexus_passed_on", "Requests that this server passed on to their learner's home.")


@dataclass(frozen=True, slots=True)
class HomeRouting:
    """What it takes to send a request to where it belongs."""

    routes: HomeRoutes
    homes: Homes
    peers: PeerConnections
    #: finds the learner behind a request
    find_caller: FindCaller
    #: bytes of the largest body; the home knows which request may have how many
    max_body_bytes: int
    #: returns when the server has begun
    wait: Callable[[], Awaitable[object]]


class HomeFront(HTTPServerConnectionDelegate):
    """An application of which others of the site are a part."""

    def __init__(self, inner: HTTPServerConnectionDelegate, way: HomeRouting, *, is_last: bool) -> None:
        """`is_last`: requests come from other servers, and are passed on no further."""
        self.inner = inner
        self.way = way
        self.is_last = is_last

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """Begin a request."""
        return _RequestForHome(self, request_conn, self.inner.start_request(server_conn, request_conn))

    def on_close(self, server_conn: object) -> None:
        """End a connection."""
        self.inner.on_close(server_conn)


class _RequestForHome(HTTPMessageDelegate):
    """One request."""

    def __init__(self, front: HomeFront, connection: HTTPConnection, inner: HTTPMessageDelegate) -> None:
        self._front = front
        self._connection: Any = connection
        self._inner = inner
        self._error: NexusError | None = None
        self._passed_on: PassedOn | None = None

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Decide where a request is answered."""
        assert isinstance(start_line, RequestStartLine)  # noqa: S101  a server gets requests
        way = self._front.way
        if (start_line.method, start_line.path.partition("?")[0]) not in way.routes:
            return self._inner.headers_received(start_line, headers)
        context = self._connection.context
        learner = way.find_caller(headers, context.protocol)
        if learner is None or way.homes.holds(UUID(learner)):
            return self._inner.headers_received(start_line, headers)
        return self._decide(UUID(learner), start_line, headers)

    async def _decide(self, learner: UUID, start_line: RequestStartLine, headers: HTTPHeaders) -> None:
        context, way = self._connection.context, self._front.way
        try:
            await way.wait()
            home = await way.homes.find(learner)
            if home is not None and self._front.is_last:
                raise NotHomeError
            if home is not None:
                await self._pass_on(learner, home, start_line, forwarded(headers, context.remote_ip, context.protocol))
                return
        except NexusError as error:
            self._error = error
            return
        waits = self._inner.headers_received(start_line, headers)
        if waits is not None:
            await waits

    async def _pass_on(
        self, learner: UUID, home: PeerAddress, start_line: RequestStartLine, headers: HTTPHeaders
    ) -> None:
        peers, doubt = self._front.way.peers, partial(self._front.way.homes.doubt, learner)
        try:
            stream = await peers.open(home)
        except PeerUnreachableError:
            doubt()
            raise
        PASSED_ON.inc()
        self._connection.set_max_body_size(self._front.way.max_body_bytes)
        self._passed_on = passed_on = PassedOn(self._connection, stream, on_miss=doubt)
        await passed_on.begin(start_line, headers)

        async def keep() -> None:
            idle = await passed_on.idle
            if idle is not None:
                peers.keep(home, idle)

        once("passed-on-connection", keep)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Pass a piece of the body on; of what was refused nothing is kept."""
        if self._passed_on is not None:
            return self._passed_on.send(chunk)
        return self._inner.data_received(chunk) if self._error is None else None

    def finish(self) -> None:
        """End the request."""
        if self._passed_on is not None:
            self._passed_on.end()
        elif self._error is None:
            self._inner.finish()
        elif self._front.is_last and isinstance(self._error, NotHomeError):
            refuse(self._connection, self._error, status=MISDIRECTED)
        else:
            refuse(self._connection, self._error)

    def on_connection_close(self) -> None:
        """Tell whoever has the request that nobody waits for it any more."""
        if self._passed_on is not None:
            self._passed_on.cancel()
        elif self._error is None:
            self._inner.on_connection_close()


def forwarded(headers: HTTPHeaders, address: str, scheme: str) -> HTTPHeaders:
    """Return a request's headers as another server gets them: with the sender that this one knows."""
    sent = headers.copy()
    is_upgrade = "upgrade" in headers.get("Connection", "").lower()
    for name in (*HOP_BY_HOP, "Expect"):
        sent.pop(name, None)
    if is_upgrade:
        sent["Connection"] = "Upgrade"
    sent[FOR], sent[SCHEME] = address, scheme
    return sent
