"""For authors of roadmaps: changing a draft by forms. Its steps, its texts, and the data files of its labs."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.authoring.views import DraftView, ImportOutcome
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation

StepSlug = Annotated[str, StringConstraints(min_length=1, max_length=120)]
StepTitle = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

#: bytes of a data file, as Base64 has them
MAX_DATA_BYTES = 14_000_000


class NewStepIn(BaseModel):
    """A step to add at the end."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["note", "lab", "video"]
    title: StepTitle


class StepOrderIn(BaseModel):
    """The steps in the order that they are to have."""

    model_config = ConfigDict(extra="forbid")
    slugs: Annotated[list[StepSlug], Field(min_length=1, max_length=500)]


class StepChangeIn(BaseModel):
    """What to change of a step; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    title: StepTitle = ""
    points: Annotated[int, Field(ge=0, le=10_000)] = 0
    #: steps that have to be done first; none: nothing; null: the step before
    requires: Annotated[list[StepSlug], Field(max_length=100)] | None = None


class DataFileIn(BaseModel):
    """A data file of a lab."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    #: what is in it, in Base64
    content: Base64Bytes


class ImportIn(BaseModel):
    """A file of another tool."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    #: what is in it, in Base64
    content: Base64Bytes


class DraftTextIn(BaseModel):
    """A text to write."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, StringConstraints(max_length=500_000)]


class DraftTextOut(BaseModel):
    """A text of a draft."""

    path: str
    text: str


class StepsHandler(NexusHandler):
    """POST and PUT /teaching/drafts/{draft_id}/steps."""

    @operation(
        "Add a note, a lab or a video to a draft, with its file",
        body=NewStepIn,
        reply=DraftView,
        status=201,
        needs_home=True,
    )
    async def post(self, draft_id: UUID, body: NewStepIn) -> DraftView:
        """Add it at the end."""
        return await self.services.authoring.editor.add_step(self.learner, draft_id, body.type, body.title)

    @operation("Put the steps of a draft into another order", body=StepOrderIn, reply=DraftView, needs_home=True)
    async def put(self, draft_id: UUID, body: StepOrderIn) -> DraftView:
        """Order them."""
        return await self.services.authoring.editor.order_steps(self.learner, draft_id, body.slugs)


class StepHandler(NexusHandler):
    """PATCH and DELETE /teaching/drafts/{draft_id}/steps/{slug}."""

    @operation(
        "Change a step of a draft: title, points, what it requires", body=StepChangeIn, reply=DraftView, needs_home=True
    )
    async def patch(self, draft_id: UUID, slug: str, body: StepChangeIn) -> DraftView:
        """Change what is given."""
        values = body.model_dump(exclude_unset=True)
        return await self.services.authoring.editor.change_step(self.learner, draft_id, slug, values)

    @operation("Take a step out of a draft; its files stay", reply=DraftView, needs_home=True)
    async def delete(self, draft_id: UUID, slug: str) -> DraftView:
        """Take it out."""
        return await self.services.authoring.editor.remove_step(self.learner, draft_id, slug)


class StepDataHandler(NexusHandler):
    """POST /teaching/drafts/{draft_id}/steps/{slug}/data."""

    @operation(
        "Put a data file beside a lab of a draft",
        body=DataFileIn,
        reply=DraftView,
        status=201,
        max_body_bytes=MAX_DATA_BYTES,
        needs_home=True,
    )
    async def post(self, draft_id: UUID, slug: str, body: DataFileIn) -> DraftView:
        """Put it there."""
        editor = self.services.authoring.editor
        return await editor.add_data(self.learner, draft_id, slug, body.name, body.content)


class DraftImportHandler(NexusHandler):
    """POST /teaching/drafts/{draft_id}/imports."""

    @operation(
        "Add the steps of another tool's file to a draft: notebooks, quizzes, notes, or a zip of them",
        body=ImportIn,
        reply=ImportOutcome,
        status=201,
        max_body_bytes=MAX_DATA_BYTES,
        needs_home=True,
    )
    async def post(self, draft_id: UUID, body: ImportIn) -> ImportOutcome:
        """Add them."""
        return await self.services.authoring.editor.import_file(self.learner, draft_id, body.name, body.content)


class DraftTextHandler(NexusHandler):
    """GET and PUT /teaching/drafts/{draft_id}/texts/{path}."""

    @operation("Read a text file of a draft, such as a note", reply=DraftTextOut, needs_home=True)
    async def get(self, draft_id: UUID, path: str) -> DraftTextOut:
        """Read it."""
        return DraftTextOut(
            path=path, text=await self.services.authoring.editor.read_text(self.learner, draft_id, path)
        )

    @operation("Write a text file of a draft", body=DraftTextIn, status=204, needs_home=True)
    async def put(self, draft_id: UUID, path: str, body: DraftTextIn) -> None:
        """Write it."""
        await self.services.authoring.editor.write_text(self.learner, draft_id, path, body.text)


ROUTES = [
    Route("/teaching/drafts/{draft_id}/steps", StepsHandler),
    Route("/teaching/drafts/{draft_id}/steps/{slug}", StepHandler),
    Route("/teaching/drafts/{draft_id}/steps/{slug}/data", StepDataHandler),
    Route("/teaching/drafts/{draft_id}/imports", DraftImportHandler),
    Route("/teaching/drafts/{draft_id}/texts/{path*}", DraftTextHandler),
]
