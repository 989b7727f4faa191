"""Join the parts of the grading queue."""

from dataclasses import dataclass

from nexus_server.clock import Clock
from nexus_server.events.bus import EventPublisher
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.settings import GradingSettings
from nexus_server.grading.signing import signing_key
from nexus_server.offload.pool import Offload
from nexus_server.roadmaps.build import Roadmaps
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace
from nexus_server.settings import NexusSettings
from nexus_server.store.database import Database
from nexus_server.submissions.engine_grader import EngineGrader
from nexus_server.submissions.exam_keeper import ExamKeeper
from nexus_server.submissions.grade_writer import GradeWriter
from nexus_server.submissions.in_process import InProcessQueue
from nexus_server.submissions.job import JobGrader
from nexus_server.submissions.notebook_reader import NotebookReader
from nexus_server.submissions.outages import Outages
from nexus_server.submissions.overview import QueueOverview
from nexus_server.submissions.queue import GradingQueue
from nexus_server.submissions.service import SubmissionService
from nexus_server.submissions.settings import GradingQueueSettings
from nexus_server.submissions.worker import GradingWorker


@dataclass(frozen=True)
class Submissions:
    """The submissions of a site. A `Background`: it grades, unless other processes do."""

    service: SubmissionService
    writer: GradeWriter
    worker: GradingWorker
    settings: GradingQueueSettings
    queue: GradingQueue
    grader: JobGrader
    reader: NotebookReader
    overview: QueueOverview
    #: a `Background` of its own: one server's, whoever grades
    exam_keeper: ExamKeeper

    async def start(self) -> None:
        """Begin to grade, where this process is meant to."""
        if self.settings.in_process:
            await self.worker.start()

    async def stop(self) -> None:
        """Give back what is in hand."""
        if self.settings.in_process:
            await self.worker.stop()


@dataclass(frozen=True)
class SubmissionsContext:
    """What the queue finds around it."""

    settings: NexusSettings
    database: Database
    clock: Clock
    bus: EventPublisher
    roadmaps: Roadmaps
    open_workspace: OpenWorkspace
    offload: Offload


def open_submissions(
    site: SubmissionsContext, queue: GradingQueueSettings, grading: GradingSettings, *, grader: JobGrader | None = None
) -> Submissions:
    """Build the queue of a site; `grader` does the work (default: the engine, in sandboxes)."""
    if grader is None:
        # Beside PostgreSQL workers grade, who serve nobody meanwhile.
        offload = site.offload if site.database.is_sqlite else None
        grader = EngineGrader(GradeOptions.from_settings(grading), signing_key(site.settings.data_path), offload)
    grading_queue = _open_queue(site, queue)
    outages = Outages(grading_queue, site.clock, queue)
    reader = NotebookReader(site.offload)
    writer = GradeWriter(site.database, site.clock, site.bus, site.roadmaps.completer, outages=outages, reader=reader)
    worker = GradingWorker(
        site.database,
        site.clock,
        site.bus,
        grader=grader,
        writer=writer,
        queue=grading_queue,
        outages=outages,
        settings=queue,
        content=site.roadmaps.content,
    )
    service = SubmissionService(
        site.database,
        site.clock,
        queue,
        open_workspace=site.open_workspace,
        queue=grading_queue,
        offload=site.offload,
        content=site.roadmaps.content,
    )
    return Submissions(
        service,
        writer,
        worker,
        queue,
        grading_queue,
        grader,
        reader,
        QueueOverview(site.database),
        ExamKeeper(site.database, site.clock, service),
    )


def _open_queue(site: SubmissionsContext, settings: GradingQueueSettings) -> GradingQueue:
    if site.database.is_sqlite:
        return InProcessQueue(settings)
    # It brings psycopg along, which a site on SQLite does without.
    from nexus_server.submissions.procrastinate_queue import ProcrastinateQueue  # noqa: PLC0415

    return ProcrastinateQueue(site.database, site.clock, settings)
