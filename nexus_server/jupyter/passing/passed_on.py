"""One request on its way to the learner's home, and the reply on its way back: piece by piece, nothing is kept.

Whoever reads slowly slows the other side down, and whoever leaves takes the other side along.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream, StreamClosedError

from nexus_server.jupyter.passing.refusal import refuse
from nexus_server.servers.errors import NotHomeError, PeerUnreachableError
from nexus_server.tasks import once

log = structlog.get_logger()

SWITCHING_PROTOCOLS, MISDIRECTED = 101, 421
#: methods whose body Tornado sends in pieces where its length is not known
CHUNKED = ("POST", "PUT", "PATCH")
CHUNK_BYTES = 64 * 1024
#: bytes of a reply: what a server sends is its own affair
MAX_REPLY_BYTES = 1 << 40
#: what is between two ends of one connection, and not for the next one; Tornado adds what a reply's body needs
HOP_BY_HOP = ("Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding")


class PassedOn(HTTPMessageDelegate):
    """A request that is answered elsewhere. As a delegate it hears the reply."""

    def __init__(self, client: Any, stream: IOStream, *, on_miss: Callable[[], None]) -> None:
        """`client` is the connection that the request came by, `stream` one to the home.

        `on_miss` is called where it turns out that the learner is not at home there, or nobody is.
        """
        self._on_miss = on_miss
        self._client = client
        self._stream: IOStream | None = stream
        parameters = HTTP1ConnectionParameters(chunk_size=CHUNK_BYTES, max_body_size=MAX_REPLY_BYTES)
        self._home = HTTP1Connection(stream, is_client=True, params=parameters)
        #: whether the request's head says that a body follows: without that, its bytes would be the next request
        self._has_body = False
        self._is_sent = False
        self._is_begun = False
        self._is_over = False
        self._can_be_used_again = True
        #: the connection, once it can be used again
        self.idle: asyncio.Future[IOStream | None] = asyncio.get_running_loop().create_future()

    async def begin(self, start_line: RequestStartLine, headers: HTTPHeaders) -> None:
        """Send the head, and wait for the reply in the background."""
        self._has_body = "Content-Length" in headers or start_line.method in CHUNKED
        self._client.set_close_callback(self.cancel)
        with contextlib.suppress(StreamClosedError):  # who reads the reply notices, too
            await self._home.write_headers(start_line, headers)
        once("passed-on-reply", self._read_reply)

    # ---- the request ----

    async def send(self, chunk: bytes) -> None:
        """Send a piece of the body."""
        if self._has_body:
            with contextlib.suppress(StreamClosedError):  # as above; what was refused early is read to its end
                await self._home.write(chunk)

    def end(self) -> None:
        """End the request."""
        self._is_sent = True
        if self._stream is not None and not self._stream.closed():
            self._home.finish()

    def cancel(self) -> None:
        """Leave: whoever asked is gone, so the home hears that."""
        self._is_over = True
        if self._stream is not None:
            self._stream.close()

    # ---- the reply ----

    async def _read_reply(self) -> None:
        try:
            await self._home.read_response(self)
        finally:
            if not self._is_begun:
                self.on_connection_close()
            if not self.idle.done():
                self.idle.set_result(None)

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Pass the reply's head on; from a switch of protocols on, bytes go both ways."""
        assert isinstance(start_line, ResponseStartLine)  # noqa: S101  a client gets replies
        self._is_begun = True
        if start_line.code == SWITCHING_PROTOCOLS:
            self._switch(start_line, headers)
            return None
        if start_line.code == MISDIRECTED:
            self._on_miss()
            refuse(self._client, NotHomeError(retry_after_s=1))
            self.cancel()
            return None
        if headers.get("Connection", "").lower() == "close":
            self._can_be_used_again = False
        for name in HOP_BY_HOP:
            headers.pop(name, None)
        return self._quietly(self._client.write_headers(start_line, headers))

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Pass a piece of the reply on."""
        return self._quietly(self._client.write(chunk))

    async def _quietly(self, written: Awaitable[None]) -> None:
        try:
            await written
        except StreamClosedError:
            self.cancel()

    def finish(self) -> None:
        """End the reply, and let the connection be used again."""
        if self._is_over or self._stream is None:
            return
        self._is_over = True
        if not self._is_client_gone:
            self._client.finish()
        if self._is_sent and self._can_be_used_again:
            self._stream = None
            self.idle.set_result(self._home.detach())
        else:
            self.cancel()

    def on_connection_close(self) -> None:
        """Tell whoever asked that the home is gone."""
        if self._is_over or self._is_client_gone:
            return
        self._is_over = True
        self._on_miss()
        if self._is_begun:
            self._client.close()  # half a reply must not look like a whole one
        else:
            self._is_begun = True
            refuse(self._client, PeerUnreachableError(retry_after_s=2))

    @property
    def _is_client_gone(self) -> bool:
        return self._client.stream is None or self._client.stream.closed()

    # ---- WebSockets ----

    def _switch(self, start_line: ResponseStartLine, headers: HTTPHeaders) -> None:
        self._stream = None
        self._is_over = True
        home, client = self._home.detach(), self._client.detach()
        head = [f"HTTP/1.1 {start_line.code} {start_line.reason}"]
        head += [f"{name}: {value}" for name, value in headers.get_all()]
        once("passed-on-socket", lambda: join_streams(client, home, "\r\n".join([*head, "", ""]).encode("latin-1")))


async def join_streams(client: IOStream, home: IOStream, first: bytes) -> None:
    """Let two ends talk until one of them leaves."""
    for stream in (client, home):
        stream.set_nodelay(True)
    try:
        await client.write(first)
        async with asyncio.TaskGroup() as group:
            group.create_task(_pump(client, home))
            group.create_task(_pump(home, client))
    except* StreamClosedError:
        pass
    finally:
        client.close()
        home.close()


async def _pump(source: IOStream, sink: IOStream) -> None:
    """Carry bytes until an end is closed; what is read next waits until the last was taken."""
    while True:
        await sink.write(await source.read_bytes(CHUNK_BYTES, partial=True))
