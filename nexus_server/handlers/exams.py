"""Timed exams: learners start them; those who teach see how they stand, and release the results."""

from uuid import UUID

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import OfCohort
from nexus_server.handlers.operation import Route, operation
from nexus_server.roadmaps.learning.exam_view import ExamView
from nexus_server.teaching.exams import ExamOverview


class StartExamHandler(NexusHandler):
    """POST /nodes/{node_id}/exam."""

    @operation("Start a timed exam: from now on the time runs; starting again changes nothing", reply=ExamView)
    async def post(self, node_id: UUID) -> ExamView:
        """Start it."""
        return await self.services.roadmaps.exams.start(self.learner, node_id)


class ExamOverviewHandler(NexusHandler):
    """GET /teaching/nodes/{node_id}/exam."""

    @operation("See how a lab stands for each of my students, and why", query=OfCohort, reply=ExamOverview)
    async def get(self, node_id: UUID, query: OfCohort) -> ExamOverview:
        """See it."""
        return await self.services.teaching.exams.read(self.learner, node_id, query.cohort_id)


class ReleaseExamHandler(NexusHandler):
    """POST /teaching/nodes/{node_id}/exam/release."""

    @operation(
        "Show students the results of an exam that is over, which count from now on", query=OfCohort, reply=ExamOverview
    )
    async def post(self, node_id: UUID, query: OfCohort) -> ExamOverview:
        """Release them."""
        return await self.services.teaching.exams.release(self.learner, node_id, query.cohort_id)


ROUTES = [
    Route("/nodes/{node_id}/exam", StartExamHandler),
    Route("/teaching/nodes/{node_id}/exam", ExamOverviewHandler),
    Route("/teaching/nodes/{node_id}/exam/release", ReleaseExamHandler),
]
