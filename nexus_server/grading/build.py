"""Join the parts of the grading queue."""

from dataclasses import dataclass

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.bus import EventPublisher
from nexus_server.clock import Clock
from nexus_server.grading.gradebook import Gradebook
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.outages import Outages
from nexus_server.grading.queue_in_process import InProcessQueue
from nexus_server.grading.queue_interface import GradingQueue
from nexus_server.grading.queue_procrastinate import ProcrastinateQueue
from nexus_server.grading.queue_settings import GradingQueueSettings
from nexus_server.grading.service import SubmissionService
from nexus_server.grading.service_analytics import Analytics
from nexus_server.grading.service_results import GradeWriter
from nexus_server.grading.service_similarity import SimilarityService
from nexus_server.grading.service_teaching import TeachingService
from nexus_server.grading.settings import GradingSettings
from nexus_server.grading.signing import signing_key
from nexus_server.grading.worker import GradingWorker
from nexus_server.grading.worker_engine import EngineGrader
from nexus_server.grading.worker_grader import JobGrader
from nexus_server.roadmaps.build import Roadmaps
from nexus_server.roadmaps.lab_workspace import OpenWorkspace
from nexus_server.settings import NexusSettings
from nexus_server.store.database import Database


@dataclass(frozen=True)
class Submissions:
    """The submissions of a site. A `Background`: it grades, unless other processes do."""

    service: SubmissionService
    writer: GradeWriter
    worker: GradingWorker
    settings: GradingQueueSettings
    teaching: TeachingService
    gradebook: Gradebook
    analytics: Analytics
    similarity: SimilarityService

    async def start(self) -> None:
        """Begin to grade, where this process is meant to."""
        if self.settings.in_process:
            await self.worker.start()

    async def stop(self) -> None:
        """Give back what is in hand."""
        if self.settings.in_process:
            await self.worker.stop()


@dataclass(frozen=True)
class Place:
    """What the queue finds around it."""

    site: NexusSettings
    database: Database
    clock: Clock
    bus: EventPublisher
    roadmaps: Roadmaps
    cohorts: Cohorts
    audit: AuditLog
    open_workspace: OpenWorkspace


def open_submissions(
    place: Place, queue: GradingQueueSettings, grading: GradingSettings, *, grader: JobGrader | None = None
) -> Submissions:
    """Build the queue of a site; `grader` does the work (default: the engine, in sandboxes)."""
    if grader is None:
        grader = EngineGrader(GradeOptions.from_settings(grading), signing_key(place.site.data_path))
    called = _open_queue(place, queue)
    outages = Outages(called, place.clock, queue)
    writer = GradeWriter(place.database, place.clock, place.bus, place.roadmaps.completer, outages)
    worker = GradingWorker(
        place.database,
        place.clock,
        place.bus,
        grader=grader,
        writer=writer,
        queue=called,
        outages=outages,
        settings=queue,
        content_dir=place.roadmaps.content_dir,
    )
    service = SubmissionService(place.database, place.clock, queue, open_workspace=place.open_workspace, queue=called)
    return Submissions(
        service,
        writer,
        worker,
        queue,
        TeachingService(
            place.database, place.cohorts, place.audit, writer, queue=called, content_dir=place.roadmaps.content_dir
        ),
        Gradebook(place.database, place.cohorts, place.clock),
        Analytics(place.database, place.cohorts, place.clock),
        SimilarityService(place.database, place.cohorts),
    )


def _open_queue(place: Place, settings: GradingQueueSettings) -> GradingQueue:
    if place.database.is_sqlite:
        return InProcessQueue(settings)
    return ProcrastinateQueue(place.database, place.clock, settings)
