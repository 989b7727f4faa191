"""For instructors: analytics, submissions, content. Only their own students' work is shown."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.csv_reply import send_csv
from nexus_server.handlers.feedback import send_feedback
from nexus_server.handlers.lists import OfCohort
from nexus_server.handlers.node_page import NodePageHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.roadmaps.learning.preview import NodePreview
from nexus_server.roadmaps.sync.status import ContentStatus, SyncResult
from nexus_server.submissions.views import SubmissionView, in_language
from nexus_server.teaching.analytics import NodeAnalytics
from nexus_server.teaching.class_concepts import ConceptMatrix
from nexus_server.teaching.hand_marking import ManualCell
from nexus_server.teaching.order_file import orders_as_csv
from nexus_server.teaching.order_report import OrderReport
from nexus_server.teaching.regrade_preview import RegradePreviewFilter, RegradePreviewPage
from nexus_server.teaching.similar_submissions import SimilarityFilter, SimilarityReport
from nexus_server.teaching.submissions import SubmissionDetail, SubmissionFilter, TaughtSubmissionList


class RegradeIn(BaseModel):
    """Which submissions to grade again."""

    model_config = ConfigDict(extra="forbid")
    #: only those that were graded by other tests than today's
    only_changed: bool = False


class RegradeOut(BaseModel):
    """How many submissions were queued again."""

    queued: int


class ManualScoreIn(BaseModel):
    """Points by hand, by grade id."""

    model_config = ConfigDict(extra="forbid")
    cells: Annotated[dict[str, ManualCell], Field(min_length=1, max_length=500)]
    comment: Annotated[str, Field(max_length=10_000)] | None = None


class ClassConceptsHandler(NexusHandler):
    """GET /teaching/roadmaps/{slug}/concepts."""

    @operation("Read how well each student knows each concept of a roadmap", query=OfCohort, reply=ConceptMatrix)
    async def get(self, slug: str, query: OfCohort) -> ConceptMatrix:
        """Read it."""
        return await self.services.teaching.concepts.read(self.learner, slug, query.cohort_id)


class OrderReportHandler(NexusHandler):
    """GET /teaching/roadmaps/{slug}/orders."""

    @operation("Compare the classes whose next step is chosen with those that follow the roadmap", reply=OrderReport)
    async def get(self, slug: str) -> OrderReport:
        """Compare them."""
        return await self.services.teaching.orders.read(self.learner, slug)


class OrderFileHandler(NexusHandler):
    """GET /teaching/roadmaps/{slug}/orders.csv."""

    @operation("Compare the orders of next steps, as CSV", media_types=("text/csv",))
    async def get(self, slug: str) -> None:
        """Send it as a file."""
        report = await self.services.teaching.orders.read(self.learner, slug)
        send_csv(self, f"{report.roadmap}-orders", orders_as_csv(report))


class AnalyticsHandler(NexusHandler):
    """GET /teaching/nodes/{node_id}/analytics."""

    @operation("Read how students do on a step", query=OfCohort, reply=NodeAnalytics)
    async def get(self, node_id: UUID, query: OfCohort) -> NodeAnalytics:
        """Read it."""
        return await self.services.teaching.analytics.read(self.learner, node_id, query.cohort_id)


class SimilarityHandler(NexusHandler):
    """GET /teaching/nodes/{node_id}/similarity."""

    @operation(
        "Compare my students' submissions of a lab; advisory only", query=SimilarityFilter, reply=SimilarityReport
    )
    async def get(self, node_id: UUID, query: SimilarityFilter) -> SimilarityReport:
        """Compare them."""
        return await self.services.teaching.similarity.report(self.learner, node_id, query)


class PreviewHandler(NodePageHandler):
    """GET /teaching/nodes/{node_id}/preview."""

    @operation("See a step as a student does", reply=NodePreview)
    async def get(self, node_id: UUID) -> NodePreview:
        """See it."""
        return await self.services.roadmaps.previews.preview(self.learner, node_id, files_url=self.files_url)


class RegradeNodeHandler(NexusHandler):
    """POST /teaching/nodes/{node_id}/regrade."""

    @operation("Grade all submissions of a lab again", body=RegradeIn, body_optional=True, reply=RegradeOut, status=202)
    async def post(self, node_id: UUID, body: RegradeIn | None) -> RegradeOut:
        """Queue them."""
        only_changed = body.only_changed if body else False
        teaching = self.services.teaching.submissions
        return RegradeOut(queued=await teaching.regrade_all(self.learner, node_id, only_changed=only_changed))


class RegradePreviewHandler(NexusHandler):
    """GET /teaching/nodes/{node_id}/regrade-preview."""

    @operation(
        "See whose points today's tests would change, a few submissions at a time; nothing is written",
        query=RegradePreviewFilter,
        reply=RegradePreviewPage,
    )
    async def get(self, node_id: UUID, query: RegradePreviewFilter) -> RegradePreviewPage:
        """Grade them, and forget the grades."""
        return await self.services.teaching.preview.page(self.learner, node_id, query)


class TaughtSubmissionsHandler(NexusHandler):
    """GET /teaching/submissions."""

    @operation("List my students' submissions, newest first", query=SubmissionFilter, reply=TaughtSubmissionList)
    async def get(self, query: SubmissionFilter) -> TaughtSubmissionList:
        """List them."""
        return await self.services.teaching.submissions.list_submissions(self.learner, query)


class TaughtSubmissionHandler(NexusHandler):
    """GET /teaching/submissions/{submission_id}."""

    @operation("Read a student's submission with its notebook and every grade it was given", reply=SubmissionDetail)
    async def get(self, submission_id: UUID) -> SubmissionDetail:
        """Read it."""
        found = await self.services.teaching.submissions.get_submission(self.learner, submission_id)
        return in_language(found, self.language)


class TaughtFeedbackHandler(NexusHandler):
    """GET /teaching/submissions/{submission_id}/feedback."""

    @operation("Read the feedback that a student of mine was given", media_types=("text/html",))
    async def get(self, submission_id: UUID) -> None:
        """Send the page."""
        send_feedback(self, await self.services.teaching.submissions.get_feedback(self.learner, submission_id))


class RegradeHandler(NexusHandler):
    """POST /teaching/submissions/{submission_id}/regrade."""

    @operation("Grade a submission again; the old grade is kept in its history", reply=SubmissionView, status=202)
    async def post(self, submission_id: UUID) -> SubmissionView:
        """Queue it."""
        return await self.services.teaching.submissions.regrade(self.learner, submission_id)


class ManualScoreHandler(NexusHandler):
    """POST /teaching/submissions/{submission_id}/manual-score."""

    @operation("Give points by hand", body=ManualScoreIn, reply=SubmissionView)
    async def post(self, submission_id: UUID, body: ManualScoreIn) -> SubmissionView:
        """Write them down."""
        marking = self.services.teaching.hand_marking
        marked = await marking.score(self.learner, submission_id, body.cells, body.comment)
        return in_language(marked, self.language)


class ContentSyncHandler(NexusHandler):
    """POST /teaching/content/sync."""

    @operation("Re-read the content files; a bad one fails alone", reply=SyncResult)
    async def post(self) -> SyncResult:
        """Re-read them."""
        return await self.services.roadmaps.administration.sync(self.learner)


class ContentStatusHandler(NexusHandler):
    """GET /teaching/content/status."""

    @operation("See what is wrong with the content files", reply=ContentStatus)
    async def get(self) -> ContentStatus:
        """See it."""
        return await self.services.roadmaps.administration.status(self.learner)


ROUTES = [
    Route("/teaching/roadmaps/{slug}/concepts", ClassConceptsHandler),
    Route("/teaching/roadmaps/{slug}/orders", OrderReportHandler),
    Route("/teaching/roadmaps/{slug}/orders.csv", OrderFileHandler),
    Route("/teaching/nodes/{node_id}/analytics", AnalyticsHandler),
    Route("/teaching/nodes/{node_id}/similarity", SimilarityHandler),
    Route("/teaching/nodes/{node_id}/preview", PreviewHandler),
    Route("/teaching/nodes/{node_id}/regrade", RegradeNodeHandler),
    Route("/teaching/nodes/{node_id}/regrade-preview", RegradePreviewHandler),
    Route("/teaching/submissions", TaughtSubmissionsHandler),
    Route("/teaching/submissions/{submission_id}", TaughtSubmissionHandler),
    Route("/teaching/submissions/{submission_id}/feedback", TaughtFeedbackHandler),
    Route("/teaching/submissions/{submission_id}/regrade", RegradeHandler),
    Route("/teaching/submissions/{submission_id}/manual-score", ManualScoreHandler),
    Route("/teaching/content/sync", ContentSyncHandler),
    Route("/teaching/content/status", ContentStatusHandler),
]
