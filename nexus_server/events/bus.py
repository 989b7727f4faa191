"""Messages to a learner's open browser tabs, without anybody knowing who listens."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Protocol
from uuid import UUID

from nexus_server.events.backlog import Backlog, Told
from nexus_server.events.messages import EventMessage, Missed

#: what one slow tab may leave unread before it is asked to reload its state
MAX_UNREAD = 256
#: tabs that one learner may have open in a process; the oldest gives way to a new one
MAX_TABS = 64
#: what such a tab reads in place of all that it left
MISSED = Told(Missed().model_dump(mode="json"))


class EventPublisher(Protocol):
    """Anything that can tell a learner that something happened."""

    def publish(self, user_id: UUID | None, event: EventMessage) -> None:
        """Send `event` to one learner, or to everybody when `user_id` is None."""
        ...


class EventBus:
    """This process's subscribers: one bounded queue each, on the event loop's thread.

    What is published here is also given to the outlets, which carry it to the site's other processes; what these
    published comes in by `deliver`.
    """

    def __init__(self, backlog: Backlog | None = None) -> None:
        """Start with no subscribers; `backlog` keeps what a tab may ask for after its connection broke."""
        self.backlog = backlog or Backlog()
        #: by learner, the queue of each tab, the oldest first, and what ends the tab
        self._queues: defaultdict[UUID, dict[asyncio.Queue[Told], Callable[[], None]]] = defaultdict(dict)
        #: called with the learner's id (None: everybody) and the message's type before each message is queued
        self.listeners: list[Callable[[UUID | None, str], None]] = []
        #: called with every message that was published in this process
        self.outlets: list[Callable[[UUID | None, Told], None]] = []

    def publish(self, user_id: UUID | None, event: EventMessage) -> None:
        """Tell the learner's tabs, in this process and, where the site has others, in those."""
        message = Told(event.model_dump(mode="json"), self.backlog.cursor())
        self.deliver(user_id, message)
        for outlet in self.outlets:
            outlet(user_id, message)

    def deliver(self, user_id: UUID | None, news: Mapping[str, object]) -> None:
        """Queue the message for each tab open here; one that does not read never blocks the rest.

        What it left unread gives way to `MISSED`: it has to ask for its state anew.
        """
        message = news if isinstance(news, Told) else Told(news)
        self.backlog.keep(user_id, message)
        for listener in self.listeners:
            listener(user_id, str(message.get("type", "")))
        targets = [self._queues.get(user_id, {})] if user_id else list(self._queues.values())
        for queue in chain.from_iterable(targets):
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(MISSED)
            queue.put_nowait(message)

    def learners_with_tabs(self) -> set[UUID]:
        """Return the learners who have a tab open here."""
        return set(self._queues)

    @contextmanager
    def subscribe(self, user_id: UUID, end: Callable[[], None] = lambda: None) -> Iterator[asyncio.Queue[Told]]:
        """Give a queue of the learner's messages for as long as the context is open.

        `end` is called when the learner opens more tabs than `MAX_TABS` and this one is the oldest: it hears no more.
        """
        self._make_room(user_id)
        queue: asyncio.Queue[Told] = asyncio.Queue(MAX_UNREAD)
        self._queues[user_id][queue] = end
        try:
            yield queue
        finally:
            self._queues[user_id].pop(queue, None)
            if not self._queues[user_id]:
                del self._queues[user_id]

    def _make_room(self, user_id: UUID) -> None:
        tabs = self._queues.get(user_id, {})
        if len(tabs) >= MAX_TABS:
            tabs.pop(next(iter(tabs)))()
