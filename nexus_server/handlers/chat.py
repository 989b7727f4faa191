"""The chat over HTTP: a room for each node, and a general one."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from nexus_server.errors import NotFoundError
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.event_stream import EVENT_STREAM, DeltaOut, last_of, send_events, wants_events
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation
from nexus_server.tutor.chat.service import ChatReply
from nexus_server.tutor.hints.types import Delta

GENERAL = "general"


class ChatQuery(BaseModel):
    """`cursor` is a message's id: what came before it."""

    model_config = ConfigDict(extra="forbid")
    cursor: UUID | None = None


class MessageIn(BaseModel):
    """What the learner says."""

    message: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]


class NoteLinkOut(FromAttributes):
    """A step of a roadmap where one may read about it."""

    node_id: UUID
    title: str
    place: str


class MessageOut(FromAttributes):
    """One message; `text` is Markdown. `source` is empty for the learner's own."""

    id: UUID
    author: Literal["learner", "tutor"]
    text: str
    source: Literal["gemini", "openai", "static", "scripted", ""]
    created_at: datetime
    links: list[NoteLinkOut]


class MessagesOut(BaseModel):
    """A page of a conversation, oldest first; `next` leads to the page before it."""

    items: list[MessageOut]
    next: UUID | None


class ReplyOut(MessageOut):
    """The tutor's answer."""

    remaining_today: int


def _room(name: str) -> UUID | None:
    """Return the node of a room, or None for the general one.

    Raises:
        NotFoundError: it is neither.
    """
    if name == GENERAL:
        return None
    try:
        return UUID(name)
    except ValueError:
        raise NotFoundError from None


async def _shapes(events: AsyncIterator[Delta | ChatReply]) -> AsyncIterator[BaseModel]:
    async for event in events:
        if isinstance(event, Delta):
            yield DeltaOut(text=event.text)
        else:
            message = MessageOut.model_validate(event.message)
            yield ReplyOut(**message.model_dump(), remaining_today=event.remaining_today)


class ChatHandler(NexusHandler):
    """GET and POST /chat/{room}."""

    @operation("Read my conversation with the tutor", query=ChatQuery, reply=MessagesOut)
    async def get(self, room: str, query: ChatQuery) -> MessagesOut:
        """Answer with a page."""
        messages, cursor = await self.services.tutor.chat.history(self.learner, _room(room), query.cursor)
        return MessagesOut(items=[MessageOut.model_validate(message) for message in messages], next=cursor)

    @operation(
        "Say something to the tutor", body=MessageIn, reply=ReplyOut, media_types=("application/json", EVENT_STREAM)
    )
    async def post(self, room: str, body: MessageIn) -> BaseModel | None:
        """Answer at once, or as events where the client accepts them."""
        await self.services.rate_limits.hit("chat", self.learner.id)
        shapes = _shapes(await self.services.tutor.chat.stream(self.learner, _room(room), body.message, self.language))
        if wants_events(self):
            await send_events(self, shapes)
            return None
        return await last_of(shapes)


ROUTES = [Route("/chat/{room}", ChatHandler)]
