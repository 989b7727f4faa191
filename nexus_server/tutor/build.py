"""Join the parts of the tutor."""

from dataclasses import dataclass

from nexus_server.clock import Clock
from nexus_server.offload.pool import InProcess, Offload
from nexus_server.store.database import Database
from nexus_server.tutor.chat.ledger import ChatLedger
from nexus_server.tutor.chat.service import ChatService
from nexus_server.tutor.hints.ledger import HintLedger
from nexus_server.tutor.hints.service import HintService
from nexus_server.tutor.lessons.lessons import LessonSource, SolutionSource
from nexus_server.tutor.lessons.stored_lessons import StoredLessons
from nexus_server.tutor.lessons.stored_solutions import StoredSolutions
from nexus_server.tutor.lessons.stored_tasks import StoredTasks
from nexus_server.tutor.lessons.tasks import TaskSource
from nexus_server.tutor.models.model import TutorModel
from nexus_server.tutor.models.open import open_model
from nexus_server.tutor.settings import TutorSettings


@dataclass(frozen=True)
class Tutor:
    """Hints and chat. A `Background`."""

    hints: HintService
    chat: ChatService
    model: TutorModel

    async def start(self) -> None:
        """Do nothing: the model is connected with the first question."""

    async def stop(self) -> None:
        """Let go of the model's connections."""
        await self.model.close()


def open_tutor(settings: TutorSettings, database: Database, clock: Clock, offload: Offload) -> Tutor:
    """Build the tutor of a site; nothing is connected yet.

    Raises:
        MissingSecretError: Gemini is asked for by name, and there is no key.
    """
    return join_tutor(
        settings,
        database,
        clock,
        model=open_model(settings, clock),
        lessons=StoredLessons(database),
        solutions=StoredSolutions(database),
        tasks=StoredTasks(database),
        offload=offload,
    )


def join_tutor(
    settings: TutorSettings,
    database: Database,
    clock: Clock,
    *,
    model: TutorModel,
    lessons: LessonSource,
    solutions: SolutionSource,
    tasks: TaskSource,
    offload: Offload | None = None,
) -> Tutor:
    """Join a tutor that speaks by `model` about what `lessons` and `solutions` know."""
    hints = HintService(
        ledger=HintLedger(database, clock, settings),
        lessons=lessons,
        solutions=solutions,
        tasks=tasks,
        model=model,
        settings=settings,
        offload=offload or InProcess(),
    )
    chat = ChatService(
        ledger=ChatLedger(database, clock, settings),
        lessons=lessons,
        solutions=solutions,
        model=model,
        settings=settings,
    )
    return Tutor(hints, chat, model)
