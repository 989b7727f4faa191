"""Quizzes of nodes."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.handlers.node_page import NodePageHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.roadmaps.learning.quizzes import QuizResult, QuizView

Text = Annotated[str, StringConstraints(max_length=10_000)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class AttemptIn(BaseModel):
    """Answers by question id: a choice's id, a list of them, a number or a text."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[Text, Text | Number | Annotated[list[Text], Field(max_length=100)] | None] = Field(max_length=200)


class QuizHandler(NodePageHandler):
    """GET /nodes/{node_id}/quiz."""

    @operation("Read a step's quiz: questions without answers, in my next attempt's order", reply=QuizView)
    async def get(self, node_id: UUID) -> QuizView:
        """Read it."""
        return await self.services.roadmaps.quizzes.get_quiz(self.learner, node_id, files_url=self.files_url)


class AttemptsHandler(NodePageHandler):
    """POST /nodes/{node_id}/quiz/attempts."""

    @operation("Hand in answers; passing completes the step", body=AttemptIn, reply=QuizResult)
    async def post(self, node_id: UUID, body: AttemptIn) -> QuizResult:
        """Score them."""
        quizzes = self.services.roadmaps.quizzes
        return await quizzes.attempt(self.learner, node_id, dict(body.answers), files_url=self.files_url)


ROUTES = [Route("/nodes/{node_id}/quiz", QuizHandler), Route("/nodes/{node_id}/quiz/attempts", AttemptsHandler)]
