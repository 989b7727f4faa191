"""Join the parts of the tutor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nexus_server.clock import Clock
from nexus_server.offload.pool import InProcess, Offload
from nexus_server.store.database import Database
from nexus_server.tutor.chat.ledger import ChatLedger
from nexus_server.tutor.chat.notes import NoNotes, NoteFinder
from nexus_server.tutor.chat.service import ChatService
from nexus_server.tutor.help.service import HelpService
from nexus_server.tutor.hints.ledger import HintLedger
from nexus_server.tutor.hints.service import HintService
from nexus_server.tutor.leak_filter.spoilers import LabSpoilers
from nexus_server.tutor.lessons.lessons import LessonSource, SolutionSource
from nexus_server.tutor.lessons.stored_lessons import StoredLessons
from nexus_server.tutor.lessons.stored_solutions import StoredSolutions
from nexus_server.tutor.lessons.stored_tasks import StoredTasks
from nexus_server.tutor.lessons.tasks import TaskSource
from nexus_server.tutor.models.model import TutorModel
from nexus_server.tutor.models.none import STATIC
from nexus_server.tutor.models.open import open_models
from nexus_server.tutor.policy.asking import PolicedModels
from nexus_server.tutor.policy.decision import TutorSite
from nexus_server.tutor.policy.spending import Prices, Spending
from nexus_server.tutor.policy.stored import PolicySource, StoredPolicies
from nexus_server.tutor.settings import TutorSettings
from nexus_server.tutor.trial.trial import NoTrials, TrialSource


@dataclass(frozen=True)
class Tutor:
    """Hints and chat. A `Background`."""

    hints: HintService
    chat: ChatService
    help: HelpService
    policies: PolicySource
    models: PolicedModels
    #: what tells posts that give a lab away; None where no solutions are stored
    spoilers: LabSpoilers | None = None

    async def start(self) -> None:
        """Do nothing: the model is connected with the first question."""

    async def stop(self) -> None:
        """Let go of the model's connections."""
        await self.models.close()


def open_tutor(
    settings: TutorSettings,
    database: Database,
    clock: Clock,
    offload: Offload,
    *,
    notes: NoteFinder | None = None,
    trials: TrialSource | None = None,
) -> Tutor:
    """Build the tutor of a site; nothing is connected yet.

    Raises:
        MissingSecretError: Gemini is asked for by name, and there is no key.
    """
    solutions = StoredSolutions(database, offload)
    tutor = join_tutor(
        settings,
        database,
        clock,
        models=open_models(settings, clock),
        lessons=StoredLessons(database),
        solutions=solutions,
        tasks=StoredTasks(database),
        offload=offload,
        notes=notes,
        trials=trials,
    )
    return replace(tutor, spoilers=LabSpoilers(solutions, offload))


def join_tutor(
    settings: TutorSettings,
    database: Database,
    clock: Clock,
    *,
    models: Sequence[TutorModel],
    lessons: LessonSource,
    solutions: SolutionSource,
    tasks: TaskSource,
    offload: Offload | None = None,
    notes: NoteFinder | None = None,
    trials: TrialSource | None = None,
) -> Tutor:
    """Join a tutor that speaks by `models`, the first unless a policy says otherwise."""
    named = {model.source: model for model in models if model.source != STATIC}
    site = TutorSite(frozenset(named), next(iter(named), None), settings.level_wait_s)
    prices = Prices(settings.input_price_per_million_tokens, settings.output_price_per_million_tokens)
    policed = PolicedModels(named, Spending(database, clock, prices))
    policies = StoredPolicies(database, clock, site)
    hints = HintService(
        ledger=HintLedger(database, clock, settings),
        lessons=lessons,
        solutions=solutions,
        tasks=tasks,
        policies=policies,
        models=policed,
        settings=settings,
        offload=offload or InProcess(),
        trials=trials or NoTrials(),
    )
    chat = ChatService(
        ledger=ChatLedger(database, clock, settings),
        lessons=lessons,
        solutions=solutions,
        policies=policies,
        models=policed,
        notes=notes or NoNotes(),
        settings=settings,
    )
    return Tutor(hints, chat, HelpService(database, clock, lessons), policies, policed)
