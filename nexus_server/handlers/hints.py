"""Hints over HTTP: as one object, or streamed."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.event_stream import EVENT_STREAM, DeltaOut, last_of, send_events, wants_events
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation
from nexus_server.languages import UserLanguage
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.hints.types import Delta, GivenHint, HintRequest
from nexus_server.tutor.rules.rule import MAX_LEVEL
from nexus_server.tutor.traceback_text import trim_traceback

#: characters; a traceback is cut in the middle rather than refused, because the learner did not choose its length
SOURCE_LIMIT = 20_000
TRACEBACK_LIMIT = 20_000
TRACEBACK_LINES = 5_000
CELLS = 40
OtherCells = Annotated[list[Annotated[str, StringConstraints(max_length=SOURCE_LIMIT)]], Field(max_length=CELLS)]


class ErrorIn(BaseModel):
    """What the kernel's `error` message said. `traceback` is a list of lines as kernels send it, or one text."""

    ename: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    evalue: Annotated[str, StringConstraints(max_length=10_000)] = ""
    traceback: Annotated[list[str], Field(max_length=TRACEBACK_LINES)] | str = ""


class HintIn(BaseModel):
    """A cell that failed. Without `level`, the next deeper one is given; levels cannot be skipped.

    `knows_first` says that the first level was read already, where hints come by themselves.
    `other_cells` are the learner's cells that may define what this one uses: a failed check is looked for in there.
    Without `error`, nothing failed: the hint tells how to begin the task of lab `node_id` whose cell has the id `task`.
    """

    cell_source: Annotated[str, StringConstraints(max_length=SOURCE_LIMIT)]
    error: ErrorIn | None = None
    other_cells: OtherCells = []
    knows_first: bool = False
    task: Annotated[str, StringConstraints(max_length=200)] | None = None
    node_id: UUID | None = None
    level: Annotated[int, Field(ge=1, le=MAX_LEVEL)] | None = None

    def to_request(self, reader: UserLanguage) -> HintRequest:
        """Return what the service takes; `reader` is the language of the answer."""
        if self.error is None:
            failure = Failure(self.cell_source, "", "")
            return HintRequest(failure, self.node_id, self.level, task=self.task, reader=reader)
        raw = self.error.traceback
        traceback = trim_traceback(raw if isinstance(raw, str) else "\n".join(raw), TRACEBACK_LIMIT)
        others = tuple(self.other_cells)
        failure = Failure(self.cell_source, self.error.ename, self.error.evalue[:2_000], traceback, other_cells=others)
        return HintRequest(failure, self.node_id, self.level, knows_first=self.knows_first, reader=reader)


class HintOut(FromAttributes):
    """A hint; `text` is Markdown. `source` names who wrote it.

    `line_refs` are lines of the cell, counted from 1, and the first is the one to look at. `question` leads on.
    `is_general` says that the error's kind is known, but not its cause. `next_level_opens_at` is null where the next
    level is open, and `next_level_in_s` tells the same in seconds from now; it is open sooner when the cell is changed
    and fails again. `notice` is the code of the reason for which a model that is on did not write the text.
    """

    id: UUID
    level: int
    max_level: int
    text: str
    concept: str
    source: Literal["gemini", "openai", "static", "scripted", "author"]
    cached: bool
    remaining_today: int
    question: str
    line_refs: list[int]
    is_general: bool
    next_level_opens_at: datetime | None
    next_level_in_s: float
    notice: str


class RatingIn(BaseModel):
    """Whether a hint helped."""

    helpful: bool
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)] | None = None


async def _shapes(events: AsyncIterator[Delta | GivenHint]) -> AsyncIterator[BaseModel]:
    async for event in events:
        yield DeltaOut(text=event.text) if isinstance(event, Delta) else HintOut.model_validate(event)


class FirstHintOut(FromAttributes):
    """The first level, as `HintOut` has it; it has no id, because it is not kept."""

    level: int
    max_level: int
    text: str
    concept: str
    question: str
    line_refs: list[int]
    is_general: bool


class FirstHintIn(BaseModel):
    """A cell that has just failed."""

    cell_source: Annotated[str, StringConstraints(max_length=SOURCE_LIMIT)]
    error: ErrorIn
    node_id: UUID | None = None
    other_cells: OtherCells = []


class FirstHintHandler(NexusHandler):
    """POST /hints/first."""

    @operation("Explain a failed cell at once, without a model, uncounted", body=FirstHintIn, reply=FirstHintOut)
    async def post(self, body: FirstHintIn) -> FirstHintOut:
        """Answer from the rules."""
        await self.services.rate_limits.hit("first_hints", self.learner.id)
        request = HintIn(**body.model_dump()).to_request(self.language)
        return FirstHintOut.model_validate(await self.services.tutor.hints.first(self.learner, request))


class HintsHandler(NexusHandler):
    """POST /hints."""

    @operation(
        "Ask for a hint about a failed cell", body=HintIn, reply=HintOut, media_types=("application/json", EVENT_STREAM)
    )
    async def post(self, body: HintIn) -> BaseModel | None:
        """Answer at once, or as events where the client accepts them."""
        await self.services.rate_limits.hit("hints", self.learner.id)
        shapes = _shapes(await self.services.tutor.hints.stream(self.learner, body.to_request(self.language)))
        if wants_events(self):
            await send_events(self, shapes)
            return None
        return await last_of(shapes)


class HintRatingHandler(NexusHandler):
    """POST /hints/{id}/rating."""

    @operation("Say whether a hint helped", body=RatingIn, status=204)
    async def post(self, hint_id: UUID, body: RatingIn) -> None:
        """Store it."""
        await self.services.tutor.hints.rate(self.learner, hint_id, helpful=body.helpful, comment=body.comment)


ROUTES = [
    Route("/hints", HintsHandler),
    Route("/hints/first", FirstHintHandler),
    Route("/hints/{hint_id}/rating", HintRatingHandler),
]
