"""*I'm stuck*, over HTTP: learners ask a person, and those who teach them answer."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation
from nexus_server.tutor.help.types import StuckCell
from nexus_server.tutor.traceback_text import trim_traceback

#: characters; a traceback is cut in the middle rather than refused, because the learner did not choose its length
SOURCE_LIMIT = 20_000
TRACEBACK_LIMIT = 20_000
TRACEBACK_LINES = 5_000


class StuckErrorIn(BaseModel):
    """What the kernel's `error` message said, as for a hint."""

    ename: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    evalue: Annotated[str, StringConstraints(max_length=10_000)] = ""
    traceback: Annotated[list[str], Field(max_length=TRACEBACK_LINES)] | str = ""


class HelpIn(BaseModel):
    """What does not go on. The hints and the chat about the node go along by themselves."""

    model_config = ConfigDict(extra="forbid")

    cell_source: Annotated[str, StringConstraints(max_length=SOURCE_LIMIT)] = ""
    error: StuckErrorIn | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] = ""
    node_id: UUID | None = None

    def to_cell(self) -> StuckCell:
        """Return what the service takes."""
        if self.error is None:
            return StuckCell(self.cell_source, note=self.note, node_id=self.node_id)
        raw = self.error.traceback
        traceback = trim_traceback(raw if isinstance(raw, str) else "\n".join(raw), TRACEBACK_LIMIT)
        known = (self.error.ename, self.error.evalue[:2_000], traceback)
        return StuckCell(self.cell_source, *known, self.note, self.node_id)


class ConversationTurnOut(FromAttributes):
    """A hint, or a message of the chat; Markdown."""

    author: Literal["learner", "tutor"]
    text: str


class HelpOut(FromAttributes):
    """A request for help; `answer` is Markdown, and null while it waits."""

    id: UUID
    node_id: UUID | None
    title: str
    learner: str
    note: str
    cell_source: str
    error: str
    conversation: list[ConversationTurnOut]
    created_at: datetime
    answer: str | None
    answered_at: datetime | None


class HelpList(BaseModel):
    """Requests for help."""

    items: list[HelpOut]
    next: None = None


class HelpQueueQuery(BaseModel):
    """`answered` lists those that have an answer."""

    model_config = ConfigDict(extra="forbid")
    answered: bool = False


class HelpAnswerIn(BaseModel):
    """What to tell the learner, in Markdown."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class HelpHandler(NexusHandler):
    """GET and POST /help."""

    @operation("Read my requests for help", reply=HelpList)
    async def get(self) -> HelpList:
        """Read them."""
        found = await self.services.tutor.help.list_own(self.learner)
        return HelpList(items=[HelpOut.model_validate(each) for each in found])

    @operation("Pass a cell and the conversation about it to a person", body=HelpIn, reply=HelpOut, status=201)
    async def post(self, body: HelpIn) -> HelpOut:
        """Ask those who teach me."""
        await self.services.rate_limits.hit("help", self.learner.id)
        return HelpOut.model_validate(await self.services.tutor.help.ask(self.learner, body.to_cell()))


class OwnHelpHandler(NexusHandler):
    """DELETE /help/{request_id}."""

    @operation("Take a request for help back", status=204)
    async def delete(self, request_id: UUID) -> None:
        """Forget it."""
        await self.services.tutor.help.withdraw(self.learner, request_id)


class HelpQueueHandler(NexusHandler):
    """GET /teaching/help."""

    @operation("Read who of my students is stuck", query=HelpQueueQuery, reply=HelpList)
    async def get(self, query: HelpQueueQuery) -> HelpList:
        """Read the queue."""
        found = await self.services.teaching.help_queue.list_all(self.learner, is_answered=query.answered)
        return HelpList(items=[HelpOut.model_validate(each) for each in found])


class HelpAnswerHandler(NexusHandler):
    """POST /teaching/help/{request_id}/answer."""

    @operation("Answer a student who is stuck", body=HelpAnswerIn, reply=HelpOut)
    async def post(self, request_id: UUID, body: HelpAnswerIn) -> HelpOut:
        """Answer."""
        return HelpOut.model_validate(
            await self.services.teaching.help_queue.answer(self.learner, request_id, body.text)
        )


ROUTES = [
    Route("/help", HelpHandler),
    Route("/help/{request_id}", OwnHelpHandler),
    Route("/teaching/help", HelpQueueHandler),
    Route("/teaching/help/{request_id}/answer", HelpAnswerHandler),
]
