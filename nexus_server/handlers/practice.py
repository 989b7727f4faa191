"""Practice: ten minutes of what is due, and what came of the answers."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.node_page import NodePageHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.mastery.errors import NoSuchTaskError
from nexus_server.mastery.practice import Practice
from nexus_server.mastery.practising import SESSION_MIN
from nexus_server.roadmaps.learning.quizzes import QuestionResult, QuestionView

Text = Annotated[str, StringConstraints(max_length=10_000)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class PracticeNodeOut(FromAttributes):
    """A step."""

    id: UUID
    slug: str
    title: str
    type: Literal["video", "note", "lab"]


class PracticeItemOut(FromAttributes):
    """A question of a quiz that I passed, and the concept that it is asked for."""

    node: PracticeNodeOut
    roadmap: str
    concept: str
    is_due: bool
    question: QuestionView


class CodeTaskOut(FromAttributes):
    """A task of the lab that is done right here: what it asks, the code to begin with, and its test."""

    item: str
    prompt_html: str
    code: str
    test: str
    kernel_name: str


class PracticeTaskOut(FromAttributes):
    """A short code task, and the concept that it is for; without `code` it is a lab of them, done in its notebook."""

    node: PracticeNodeOut
    roadmap: str
    concept: str
    code: CodeTaskOut | None


class PracticeOut(BaseModel):
    """A session; without items when no quiz with concepts was passed, or all was answered today."""

    minutes: int
    items: list[PracticeItemOut]
    tasks: list[PracticeTaskOut]


class PracticeAnswerIn(BaseModel):
    """An answer to a question: a choice's id, a list of them, a number or a text."""

    model_config = ConfigDict(extra="forbid")

    node_id: UUID
    item: Annotated[str, StringConstraints(max_length=200)]
    answer: Text | Number | Annotated[list[Text], Field(max_length=100)] | None


class PracticeResultOut(FromAttributes):
    """What came of it. An item counts as evidence once a day, and pays nothing."""

    result: QuestionResult
    is_counted: bool


class CodeAnswerIn(BaseModel):
    """An answer to a code task."""

    model_config = ConfigDict(extra="forbid")

    node_id: UUID
    item: Annotated[str, StringConstraints(max_length=200)]
    code: Annotated[str, StringConstraints(max_length=50_000)]


class CodeResultOut(FromAttributes):
    """What the test said. A task counts as evidence once a day, and pays nothing."""

    correct: bool
    message: str
    stdout: str
    is_counted: bool


class PracticeHandler(NodePageHandler):
    """GET /me/practice."""

    @operation("Ten minutes of practice: questions of quizzes that I passed, and short code tasks", reply=PracticeOut)
    async def get(self) -> PracticeOut:
        """Put a session together."""
        practice = await self.services.practice.begin(self.learner, files_url=self.files_url)
        return _shape(practice)


class PracticeAnswersHandler(NodePageHandler):
    """POST /me/practice/answers."""

    @operation("Answer a question of practice; it pays nothing", body=PracticeAnswerIn, reply=PracticeResultOut)
    async def post(self, body: PracticeAnswerIn) -> PracticeResultOut:
        """Score it."""
        answered = await self.services.practice.answer(
            self.learner, body.node_id, body.item, body.answer, files_url=self.files_url
        )
        return PracticeResultOut.model_validate(answered)


class CodeAnswersHandler(NodePageHandler):
    """POST /me/practice/code."""

    #: it runs whatever code it is given
    exam_aid = "playground"

    @operation("Answer a code task of practice; it pays nothing", body=CodeAnswerIn, reply=CodeResultOut)
    async def post(self, body: CodeAnswerIn) -> CodeResultOut:
        """Run it with its test."""
        if (code := self.services.practice.code) is None:
            raise NoSuchTaskError
        return CodeResultOut.model_validate(await code.answer(self.learner, body.node_id, body.item, body.code))


def _shape(practice: Practice) -> PracticeOut:
    return PracticeOut(
        minutes=SESSION_MIN,
        items=[PracticeItemOut.model_validate(item) for item in practice.items],
        tasks=[PracticeTaskOut.model_validate(task) for task in practice.tasks],
    )


ROUTES = [
    Route("/me/practice", PracticeHandler),
    Route("/me/practice/answers", PracticeAnswersHandler),
    Route("/me/practice/code", CodeAnswersHandler),
]
