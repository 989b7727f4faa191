"""For instructors: lessons that a class has to come."""

from uuid import UUID

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.lessons.announcements import LessonIn, LessonsView


class CohortLessonsHandler(NexusHandler):
    """GET and POST /teaching/cohorts/{cohort_id}/lessons."""

    @operation("List the lessons that a class has to come", reply=LessonsView)
    async def get(self, cohort_id: UUID) -> LessonsView:
        """List them."""
        return await self.services.lessons.list_coming(self.learner, cohort_id)

    @operation("Announce a lesson: kernels are ready when the class begins", body=LessonIn, reply=LessonsView)
    async def post(self, cohort_id: UUID, body: LessonIn) -> LessonsView:
        """Announce it."""
        return await self.services.lessons.announce(self.learner, cohort_id, body)


class CohortLessonHandler(NexusHandler):
    """DELETE /teaching/cohorts/{cohort_id}/lessons/{lesson_id}."""

    @operation("Withdraw a lesson", reply=LessonsView)
    async def delete(self, cohort_id: UUID, lesson_id: UUID) -> LessonsView:
        """Withdraw it."""
        return await self.services.lessons.withdraw(self.learner, cohort_id, lesson_id)


ROUTES = [
    Route("/teaching/cohorts/{cohort_id}/lessons", CohortLessonsHandler),
    Route("/teaching/cohorts/{cohort_id}/lessons/{lesson_id}", CohortLessonHandler),
]
