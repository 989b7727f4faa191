"""Messages to learners between the processes of a site: a worker grades, and the tab that waits hangs on a server.

Each process sends what it publishes and hears what the others do, and keeps both for a while (`backlog`). Messages are
news, not records: what is lost while nothing answers is seen when the page is loaded the next time.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol
from uuid import UUID, uuid4

import structlog

from nexus_server.errors import UnavailableError
from nexus_server.events.backlog import Told
from nexus_server.events.bus import EventBus
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

#: messages that wait to be sent; beyond it the oldest is dropped
MAX_UNSENT = 10_000
#: seconds that a start waits for the channels to listen, and a stop for the last messages to leave
PATIENCE_S = 5.0


class Channel(Protocol):
    """A way to every process of the site."""

    #: what the part that listens is called
    name: str
    #: longest text that it carries, in bytes
    max_bytes: int

    async def send(self, text: str) -> None:
        """Send to whoever listens, this process included.

        Raises:
            UnavailableError: it does not work right now.
        """
        ...

    async def listen(self, hear: Callable[[str], None], *, on_ready: Callable[[], None]) -> None:
        """Give everything that is sent to `hear` until cancelled.

        Raises:
            UnavailableError: the connection broke; whoever listens calls again.
        """
        ...


class EventRelay:
    """Joins this process's bus with those of the other processes. A `Background`."""

    def __init__(self, bus: EventBus, channels: Sequence[Channel]) -> None:
        """Listen to all `channels`; send on the first that works."""
        self._bus = bus
        self._channels = channels
        self._origin = uuid4().hex
        self._unsent: asyncio.Queue[str] = asyncio.Queue(MAX_UNSENT)
        self._parts: list[Part] = []

    async def start(self) -> None:
        """Listen, then begin to send; what does not answer yet is joined when it does."""
        ready = [asyncio.Event() for _ in self._channels]
        for channel, event in zip(self._channels, ready, strict=True):
            self._parts.append(forever(channel.name, partial(channel.listen, self._hear, on_ready=event.set)))
        waits = [asyncio.create_task(event.wait()) for event in ready]
        try:
            await asyncio.wait(waits, timeout=PATIENCE_S)
        finally:
            for wait in waits:
                wait.cancel()
        self._bus.outlets.append(self._keep)
        self._parts.append(forever("event-relay", self._send_next))

    async def stop(self) -> None:
        """Send what is left, and let go."""
        if not self._parts:
            return
        if self._keep in self._bus.outlets:  # not there when it was stopped while it started
            self._bus.outlets.remove(self._keep)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._unsent.join()
        except TimeoutError:
            log.warning("events_unsent", count=self._unsent.qsize())
        while self._parts:
            await end_task(self._parts.pop())

    def _keep(self, user_id: UUID | None, message: Told) -> None:
        if self._unsent.full():
            self._unsent.get_nowait()
            self._unsent.task_done()
        target = str(user_id) if user_id else None
        self._unsent.put_nowait(json.dumps([target, message, message.cursor], default=str, separators=(",", ":")))

    def _hear(self, text: str) -> None:
        origin, *events = json.loads(text)
        if origin == self._origin:
            return
        # A process of the version before sends no cursors.
        for target, message, *cursor in events:
            self._bus.deliver(UUID(target) if target else None, Told(message, *cursor))

    async def _send_next(self) -> None:
        """Send what waits, once something does."""
        events = [await self._unsent.get()]
        while not self._unsent.empty():
            events.append(self._unsent.get_nowait())
        try:
            await self._send(events)
        finally:
            for _ in events:
                self._unsent.task_done()

    async def _send(self, events: list[str]) -> None:
        for channel in self._channels:
            try:
                for frame in frames(self._origin, events, channel.max_bytes):
                    await channel.send(frame)
            except UnavailableError as error:
                log.warning("events_not_sent", channel=type(channel).__name__, code=error.code)
            else:
                return


def frames(origin: str, events: Sequence[str], max_bytes: int) -> list[str]:
    """Return texts ``["origin", [user, message, cursor], ...]`` of at most `max_bytes`.

    An event that fits in none is dropped. `events` are JSON already, all ASCII.
    """
    head = json.dumps(origin)
    found: list[str] = []
    body = ""
    for event in events:
        if len(head) + len(event) + 3 > max_bytes:
            log.warning("event_too_long", bytes=len(event))
        elif len(head) + len(body) + len(event) + 3 > max_bytes:
            found.append(f"[{head}{body}]")
            body = f",{event}"
        else:
            body += f",{event}"
    return [*found, f"[{head}{body}]"] if body else found
