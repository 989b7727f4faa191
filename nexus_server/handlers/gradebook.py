"""For instructors: gradebooks, how final grades come about, notes, scores by CSV. Of their own students only."""

from typing import Annotated
from uuid import UUID

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.csv_reply import send_csv
from nexus_server.handlers.lists import OfCohort
from nexus_server.handlers.operation import Route, operation
from nexus_server.teaching.gradebook.book import GradebookView
from nexus_server.teaching.gradebook.csv_file import as_csv
from nexus_server.teaching.gradebook.exports import ExportedChanges
from nexus_server.teaching.gradebook.final_grade import GradingScheme
from nexus_server.teaching.gradebook.imports import GradeImport
from nexus_server.teaching.gradebook.step_marks import NewMark, StepMarkHistory


class GradebookNoteIn(BaseModel):
    """A note on a student; an empty one takes it away."""

    model_config = ConfigDict(extra="forbid")
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]


class StepMarkIn(BaseModel):
    """A score for a whole step, 0 to 1; null lets what was earned count again."""

    model_config = ConfigDict(extra="forbid")
    share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None


class GradeFileIn(BaseModel):
    """A CSV file, in Base64, for one class or all that I teach."""

    model_config = ConfigDict(extra="forbid")
    content: Base64Bytes
    cohort_id: UUID | None = None


class SeenGradeFileIn(GradeFileIn):
    """A file of which the preview was seen."""

    #: `seen` of the preview
    seen: str


class GradebookHandler(NexusHandler):
    """GET /teaching/roadmaps/{slug}/gradebook."""

    @operation("Read the gradebook of a roadmap", query=OfCohort, reply=GradebookView)
    async def get(self, slug: str, query: OfCohort) -> GradebookView:
        """Read it."""
        return await self.services.teaching.gradebook.book.read(self.learner, slug, query.cohort_id)


class GradebookCsvHandler(NexusHandler):
    """GET /teaching/roadmaps/{slug}/gradebook.csv."""

    @operation("Read the gradebook of a roadmap as CSV", query=OfCohort, media_types=("text/csv",))
    async def get(self, slug: str, query: OfCohort) -> None:
        """Send it as a file."""
        book = await self.services.teaching.gradebook.book.read(self.learner, slug, query.cohort_id)
        send_csv(self, book.roadmap, as_csv(book))


class GradebookExportHandler(NexusHandler):
    """POST /teaching/roadmaps/{slug}/gradebook/export."""

    @operation(
        "Take the gradebook out as CSV, and remember it: what changes from now on is told",
        query=OfCohort,
        media_types=("text/csv",),
    )
    async def post(self, slug: str, query: OfCohort) -> None:
        """Send it as a file."""
        book = await self.services.teaching.gradebook.exports.export(self.learner, slug, query.cohort_id)
        send_csv(self, book.roadmap, as_csv(book))


class GradebookChangesHandler(NexusHandler):
    """GET /teaching/roadmaps/{slug}/gradebook/changes."""

    @operation("See what changed in a gradebook since my last export", query=OfCohort, reply=ExportedChanges)
    async def get(self, slug: str, query: OfCohort) -> ExportedChanges:
        """See it."""
        return await self.services.teaching.gradebook.exports.changes(self.learner, slug, query.cohort_id)


class GradeImportPreviewHandler(NexusHandler):
    """POST /teaching/roadmaps/{slug}/gradebook/import-preview."""

    @operation(
        "See what a CSV file would change in a gradebook; nothing is written",
        body=GradeFileIn,
        reply=GradeImport,
    )
    async def post(self, slug: str, body: GradeFileIn) -> GradeImport:
        """See it."""
        imports = self.services.teaching.gradebook.imports
        return await imports.preview(self.learner, slug, body.cohort_id, body.content)


class GradeImportHandler(NexusHandler):
    """POST /teaching/roadmaps/{slug}/gradebook/import."""

    @operation(
        "Take the scores of a CSV file over as its preview showed them; all or none",
        body=SeenGradeFileIn,
        reply=GradeImport,
    )
    async def post(self, slug: str, body: SeenGradeFileIn) -> GradeImport:
        """Take them over."""
        imports = self.services.teaching.gradebook.imports
        return await imports.write(self.learner, slug, body.cohort_id, body.content, body.seen)


class GradebookNoteHandler(NexusHandler):
    """PUT /teaching/roadmaps/{slug}/gradebook/notes/{user_id}."""

    @operation("Write a note on a student, for those who teach them", body=GradebookNoteIn, reply=GradebookNoteIn)
    async def put(self, slug: str, user_id: UUID, body: GradebookNoteIn) -> GradebookNoteIn:
        """Write it."""
        await self.services.teaching.gradebook.notes.write(self.learner, slug, user_id, body.note)
        return body


class GradingSchemeHandler(NexusHandler):
    """/teaching/cohorts/{cohort_id}/roadmaps/{slug}/grading-scheme."""

    @operation("Say how final grades come about in a class", body=GradingScheme, reply=GradingScheme)
    async def put(self, cohort_id: UUID, slug: str, body: GradingScheme) -> GradingScheme:
        """Say it."""
        await self.services.teaching.gradebook.schemes.set(self.learner, cohort_id, slug, body)
        return body

    @operation("Let every step count by its points again", status=204)
    async def delete(self, cohort_id: UUID, slug: str) -> None:
        """Take the scheme away."""
        await self.services.teaching.gradebook.schemes.lift(self.learner, cohort_id, slug)


class StepMarkHandler(NexusHandler):
    """/teaching/nodes/{node_id}/marks/{user_id}."""

    @operation("Read every score that a person gave a student for a step", reply=StepMarkHistory)
    async def get(self, node_id: UUID, user_id: UUID) -> StepMarkHistory:
        """Read them."""
        return await self.services.teaching.gradebook.marks.history(self.learner, node_id, user_id)

    @operation("Give a score in place of the earned one, in the gradebook", body=StepMarkIn, reply=StepMarkHistory)
    async def put(self, node_id: UUID, user_id: UUID, body: StepMarkIn) -> StepMarkHistory:
        """Give it."""
        mark = NewMark(user_id, node_id, body.share)
        return await self.services.teaching.gradebook.marks.give(self.learner, mark)


ROUTES = [
    Route("/teaching/roadmaps/{slug}/gradebook", GradebookHandler),
    Route("/teaching/roadmaps/{slug}/gradebook.csv", GradebookCsvHandler),
    Route("/teaching/roadmaps/{slug}/gradebook/export", GradebookExportHandler),
    Route("/teaching/roadmaps/{slug}/gradebook/changes", GradebookChangesHandler),
    Route("/teaching/roadmaps/{slug}/gradebook/import-preview", GradeImportPreviewHandler),
    Route("/teaching/roadmaps/{slug}/gradebook/import", GradeImportHandler),
    Route("/teaching/roadmaps/{slug}/gradebook/notes/{user_id}", GradebookNoteHandler),
    Route("/teaching/cohorts/{cohort_id}/roadmaps/{slug}/grading-scheme", GradingSchemeHandler),
    Route("/teaching/nodes/{node_id}/marks/{user_id}", StepMarkHandler),
]
