"""The marking desk, over HTTP: rubrics, groups of alike answers, marks for all of a group, and undo."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.teaching.marking.grouping import Likeness
from nexus_server.teaching.marking.questions import Question
from nexus_server.teaching.marking.second import Disagreements, FinalMarkIn
from nexus_server.teaching.marking.types import (
    AnswerView,
    DeskChange,
    DeskView,
    InHand,
    LabsToMark,
    MarkIn,
    MarkOut,
    NextIn,
    QuestionToMark,
    ReleaseIn,
    RubricIn,
    RubricView,
    UndoIn,
    UndoOut,
)

PREFIX = "/teaching/cohorts/{cohort_id}/marking"


class QuestionQuery(BaseModel):
    """Which answers are taken for the same."""

    model_config = ConfigDict(extra="forbid")
    by: Likeness = "alike"


class LabsToMarkHandler(NexusHandler):
    """GET /teaching/cohorts/{cohort_id}/marking."""

    @operation("List a class's labs with questions for people, those that wait first", reply=LabsToMark)
    async def get(self, cohort_id: UUID) -> LabsToMark:
        """List them."""
        return await self.services.teaching.marking.desk.labs(self.learner, cohort_id)


class DeskHandler(NexusHandler):
    """GET and PATCH /teaching/cohorts/{cohort_id}/marking/{node_id}."""

    @operation("Read a lab's questions for people: how far each is, and who does what", reply=DeskView)
    async def get(self, cohort_id: UUID, node_id: UUID) -> DeskView:
        """Read them."""
        return await self.services.teaching.marking.desk.desk(self.learner, cohort_id, node_id)

    @operation("Say how a lab is marked: without names, by two people", body=DeskChange, reply=DeskView)
    async def patch(self, cohort_id: UUID, node_id: UUID, body: DeskChange) -> DeskView:
        """Say so."""
        return await self.services.teaching.marking.desk.change(self.learner, cohort_id, node_id, body)


class DifferencesHandler(NexusHandler):
    """GET /teaching/cohorts/{cohort_id}/marking/{node_id}/differences."""

    @operation("List the answers that two people marked differently", reply=Disagreements)
    async def get(self, cohort_id: UUID, node_id: UUID) -> Disagreements:
        """List them."""
        return await self.services.teaching.marking.second.differences(self.learner, cohort_id, node_id)


class SettledHandler(NexusHandler):
    """POST /teaching/cohorts/{cohort_id}/marking/{node_id}/differences/{answer_id}."""

    @operation(
        "Give an answer that two people marked differently its final mark", body=FinalMarkIn, reply=Disagreements
    )
    async def post(self, cohort_id: UUID, node_id: UUID, answer_id: UUID, body: FinalMarkIn) -> Disagreements:
        """Give it."""
        second = self.services.teaching.marking.second
        return await second.settle(self.learner, cohort_id, node_id, answer_id, body)


class QuestionHandler(NexusHandler):
    """GET /teaching/cohorts/{cohort_id}/marking/{node_id}/questions/{grade_id}."""

    @operation(
        "Read a question with its rubric, and the groups of alike answers that wait",
        query=QuestionQuery,
        reply=QuestionToMark,
    )
    async def get(self, cohort_id: UUID, node_id: UUID, grade_id: str, query: QuestionQuery) -> QuestionToMark:
        """Read it."""
        question = Question(cohort_id, node_id, grade_id)
        return await self.services.teaching.marking.desk.question(self.learner, question, query.by)


class RubricHandler(NexusHandler):
    """PUT /teaching/cohorts/{cohort_id}/marking/{node_id}/questions/{grade_id}/rubric."""

    @operation("Set a question's rubric; answers follow the points of their items", body=RubricIn, reply=RubricView)
    async def put(self, cohort_id: UUID, node_id: UUID, grade_id: str, body: RubricIn) -> RubricView:
        """Set it."""
        question = Question(cohort_id, node_id, grade_id)
        return await self.services.teaching.marking.rubrics.set(self.learner, question, body)


class NextAnswersHandler(NexusHandler):
    """POST /teaching/cohorts/{cohort_id}/marking/{node_id}/questions/{grade_id}/next."""

    @operation("Take the next group of alike answers in hand", body=NextIn, reply=InHand)
    async def post(self, cohort_id: UUID, node_id: UUID, grade_id: str, body: NextIn) -> InHand:
        """Take it."""
        question = Question(cohort_id, node_id, grade_id)
        return await self.services.teaching.marking.marker.take_next(self.learner, question, body)


class ReleaseAnswersHandler(NexusHandler):
    """POST /teaching/cohorts/{cohort_id}/marking/{node_id}/questions/{grade_id}/release."""

    @operation("Give answers back that I took", body=ReleaseIn, status=204)
    async def post(self, cohort_id: UUID, node_id: UUID, grade_id: str, body: ReleaseIn) -> None:
        """Give them back."""
        question = Question(cohort_id, node_id, grade_id)
        await self.services.teaching.marking.marker.release(self.learner, question, body.answers)


class AnswerHandler(NexusHandler):
    """GET /teaching/cohorts/{cohort_id}/marking/{node_id}/questions/{grade_id}/answers/{answer_id}."""

    @operation("Read an answer with every mark that it was given", reply=AnswerView)
    async def get(self, cohort_id: UUID, node_id: UUID, grade_id: str, answer_id: UUID) -> AnswerView:
        """Read it."""
        question = Question(cohort_id, node_id, grade_id)
        return await self.services.teaching.marking.marker.read(self.learner, question, answer_id)


class MarksHandler(NexusHandler):
    """POST /teaching/cohorts/{cohort_id}/marking/{node_id}/questions/{grade_id}/marks."""

    @operation("Mark an answer, or a group of them; what others have in hand stays", body=MarkIn, reply=MarkOut)
    async def post(self, cohort_id: UUID, node_id: UUID, grade_id: str, body: MarkIn) -> MarkOut:
        """Mark them."""
        question = Question(cohort_id, node_id, grade_id)
        return await self.services.teaching.marking.marker.mark(self.learner, question, body)


class UndoMarksHandler(NexusHandler):
    """POST /teaching/cohorts/{cohort_id}/marking/{node_id}/undo."""

    @operation("Undo what I marked with one action; what was changed since stays", body=UndoIn, reply=UndoOut)
    async def post(self, cohort_id: UUID, node_id: UUID, body: UndoIn) -> UndoOut:  # noqa: ARG002  the path's
        """Undo it."""
        return await self.services.teaching.marking.marker.undo(self.learner, cohort_id, body.batch_id)


ROUTES = [
    Route(PREFIX, LabsToMarkHandler),
    Route(f"{PREFIX}/{{node_id}}", DeskHandler),
    Route(f"{PREFIX}/{{node_id}}/undo", UndoMarksHandler),
    Route(f"{PREFIX}/{{node_id}}/differences", DifferencesHandler),
    Route(f"{PREFIX}/{{node_id}}/differences/{{answer_id}}", SettledHandler),
    Route(f"{PREFIX}/{{node_id}}/questions/{{grade_id}}", QuestionHandler),
    Route(f"{PREFIX}/{{node_id}}/questions/{{grade_id}}/rubric", RubricHandler),
    Route(f"{PREFIX}/{{node_id}}/questions/{{grade_id}}/next", NextAnswersHandler),
    Route(f"{PREFIX}/{{node_id}}/questions/{{grade_id}}/release", ReleaseAnswersHandler),
    Route(f"{PREFIX}/{{node_id}}/questions/{{grade_id}}/marks", MarksHandler),
    Route(f"{PREFIX}/{{node_id}}/questions/{{grade_id}}/answers/{{answer_id}}", AnswerHandler),
]
