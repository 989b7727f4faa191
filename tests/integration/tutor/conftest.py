"""The tutor on real databases, with a clock that the test moves and a model that says what the test wrote."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from traitlets.config import Config

from nexus_server.clock import ManualClock
from nexus_server.learner import Learner, Role
from nexus_server.roadmaps.errors import NodeLockedError, NodeNotFoundError
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.roadmaps import Node, Roadmap
from nexus_server.tutor.build import join_tutor
from nexus_server.tutor.chat.service import ChatService
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.hints.service import HintService
from nexus_server.tutor.hints.types import HintRequest
from nexus_server.tutor.lessons.lessons import Lesson
from nexus_server.tutor.lessons.tasks import Task
from nexus_server.tutor.models.model import Piece, Prompt, TutorModel
from nexus_server.tutor.models.none import NoModel
from nexus_server.tutor.models.scripted import ScriptedTutor
from nexus_server.tutor.settings import TutorSettings
from nexus_server.tutor.trial.trial import TrialSource

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@dataclass
class Shelf:
    """Lessons and solutions that a test puts there."""

    lessons: dict[UUID, Lesson] = field(default_factory=dict)
    solutions: dict[UUID, str] = field(default_factory=dict)
    tasks: dict[UUID, Task] = field(default_factory=dict)
    #: nodes that are locked for everybody
    locked: set[UUID] = field(default_factory=set)

    async def get_lesson(self, learner: Learner, node_id: UUID) -> Lesson:  # noqa: ARG002  the protocol's signature
        if node_id in self.locked:
            raise NodeLockedError
        if node_id not in self.lessons:
            raise NodeNotFoundError
        return self.lessons[node_id]

    async def find_solution(self, node_id: UUID) -> str | None:
        return self.solutions.get(node_id)

    async def find_task(self, node_id: UUID, grade_id: str | None) -> Task | None:  # noqa: ARG002  the signature
        return self.tasks.get(node_id)

    async def list_solutions(self) -> Sequence[str]:
        return list(self.solutions.values())


class SlowTutor(ScriptedTutor):
    """Answers when the test lets it: calls that are meant to be at once are so on a busy machine, too."""

    def __init__(self, replies: Sequence[str]) -> None:
        """Prepare to say `replies`, once `may_answer` is set."""
        super().__init__(replies)
        self.may_answer = asyncio.Event()

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        await self.may_answer.wait()
        async for piece in super().stream(prompt):
            yield piece


@dataclass
class World:
    """The tutor's services, joined as the app joins them."""

    database: Database
    clock: ManualClock
    shelf: Shelf
    model: TutorModel
    hints: HintService
    chat: ChatService

    async def learner(self, timezone: str = "UTC") -> Learner:
        user = User(email=f"{uuid4()}@example.org", display_name="Ada", timezone=timezone)
        async with self.database.transaction() as session:
            session.add(user)
        return Learner(user.id, user.email, user.display_name, Role.STUDENT, timezone)

    async def node(self, content_md: str = "", solution: str | None = None) -> UUID:
        roadmap = Roadmap(slug=uuid4().hex, title="R", difficulty="beginner")
        async with self.database.transaction() as session:
            session.add(roadmap)
            await session.flush()
            node = Node(roadmap_id=roadmap.id, slug="n", title="Means", order_index=0, type="lab")
            session.add(node)
        self.shelf.lessons[node.id] = Lesson(node.id, node.title, content_md)
        if solution:
            self.shelf.solutions[node.id] = solution
        return node.id

    @property
    def script(self) -> ScriptedTutor:
        assert isinstance(self.model, ScriptedTutor)
        return self.model


MakeWorld = Callable[..., World]


@pytest.fixture
def make_world(database: Database) -> MakeWorld:
    """Join the tutor; replies make it a scripted one, other keywords are settings. Levels do not wait."""

    def make(
        *replies: str,
        script: type[ScriptedTutor] = ScriptedTutor,
        trials: TrialSource | None = None,
        **values: object,
    ) -> World:
        clock, shelf = ManualClock(START), Shelf()
        settings = TutorSettings(config=Config(TutorSettings={"level_wait_s": 0.0, **values}))
        model: TutorModel = script(replies) if replies else NoModel()
        tutor = join_tutor(
            settings, database, clock, models=[model], lessons=shelf, solutions=shelf, tasks=shelf, trials=trials
        )
        return World(database, clock, shelf, model, tutor.hints, tutor.chat)

    return make


def request_of(source: str = "print(totl)", *, node_id: UUID | None = None, level: int | None = None) -> HintRequest:
    failure = Failure(source, "NameError", "name 'totl' is not defined", "Cell In[1], line 1")
    return HintRequest(failure, node_id, level)
