"""WS /events: what happens to a learner, as it happens."""

import asyncio
import json
from collections.abc import Awaitable
from contextlib import suppress

import structlog
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.websocket import WebSocketMixin
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from nexus_server.events.backlog import Told
from nexus_server.events.messages import Hello
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route
from nexus_server.jupyter.kernels.notices import notice_in
from nexus_server.learner import Learner
from nexus_server.tasks import once

log = structlog.get_logger()

#: WebSocket close code: the login ended, do not reconnect with the same credential
LOGIN_ENDED = 4401
#: WebSocket close code: the learner has too many tabs open, or this one reads nothing
TRY_AGAIN_LATER = 1013
#: nothing that a client sends is read, so there is nothing to send
MAX_CLIENT_BYTES = 1024


class EventsSocket(WebSocketMixin, WebSocketHandler, NexusHandler):
    """One open tab of a learner."""

    _forwarding: asyncio.Task[None] | None = None

    @allow_unauthenticated
    async def get(self, *args: str, **kwargs: str) -> None:
        """Open the socket for a learner, on a page of ours.

        Raises:
            HTTPError: 400, it is no WebSocket; 403, another site's page asks.
        """
        if self.request.headers.get("Upgrade", "").casefold() != "websocket":
            raise HTTPError(400, "This is a WebSocket.")
        _ = self.learner  # answers 401 for anonymous requests
        if not self.check_origin(self.get_origin()):
            raise HTTPError(403, "This request comes from another site.")
        await super().get(*args, **kwargs)

    def open(self, *args: str, **kwargs: str) -> Awaitable[None] | None:
        """Begin to forward."""
        self.set_nodelay(True)
        learner, after = self.learner, self.get_query_argument("after", "")
        self._forwarding = once("events", lambda: self._forward(learner, after))
        opened: Awaitable[None] | None = super().open(*args, **kwargs)
        return opened

    def on_message(self, message: str | bytes) -> None:
        """Ignore what the client says."""

    def on_close(self) -> None:
        """Stop forwarding."""
        if self._forwarding is not None:
            self._forwarding.cancel()

    @property
    def max_message_size(self) -> int:
        """Bytes that a client may send at once."""
        return MAX_CLIENT_BYTES

    def get_compression_options(self) -> None:
        """Send small messages as they are."""

    async def _forward(self, learner: Learner, after: str) -> None:
        assert learner.session_id is not None  # noqa: S101  who comes over HTTP has one
        watch, bus = self.services.accounts.watch, self.services.bus
        try:
            with bus.subscribe(learner.id, self._give_way) as messages, watch.watching(learner.session_id, self._end):
                # No message comes between the two: those before are in the backlog, those after in the queue.
                missed = bus.backlog.since(learner.id, after)
                cursor = bus.backlog.cursor() if missed is None else after
                hello = Hello(is_resumed=missed is not None, cursor=cursor)
                for message in [Told(hello.model_dump(mode="json"), cursor), *(missed or ())]:
                    await self._send(message)
                while True:
                    await self._send(await messages.get())
        except TimeoutError:
            log.info("events_unread", user_id=str(learner.id))
        finally:
            self.close()  # a tab that hears nothing any more must not think that nothing happens

    def _end(self) -> None:
        self.close(LOGIN_ENDED, "login ended")

    def _give_way(self) -> None:
        self.close(TRY_AGAIN_LATER, "too many tabs")
        self.on_close()  # at once, even if the client never answers

    async def _send(self, message: Told) -> None:
        """Send a message, and wait until the connection has taken it.

        Raises:
            TimeoutError: the client has read nothing for too long. Pings alone would not tell: it may send pongs.
        """
        notice = message.get("message")
        said = {"message": notice_in(notice, self.language)} if isinstance(notice, str) else {}
        text = json.dumps({**message, **said, "cursor": message.cursor}, default=str)
        async with asyncio.timeout(self.services.tenancy.stalled_tab_s):
            with suppress(WebSocketClosedError):
                await self.write_message(text)


ROUTES = [Route("/events", EventsSocket)]
