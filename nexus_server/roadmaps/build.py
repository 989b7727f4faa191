"""Join the parts of roadmaps."""

from dataclasses import dataclass

from nexus_server.clock import Clock
from nexus_server.events.bus import EventPublisher
from nexus_server.learning import LearningRecorder
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.learning.catalogue import Catalogue
from nexus_server.roadmaps.learning.completion import NodeCompleter
from nexus_server.roadmaps.learning.due import DueReader
from nexus_server.roadmaps.learning.exams import ExamStarts
from nexus_server.roadmaps.learning.lab_limits import LabLimitsReader
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace
from nexus_server.roadmaps.learning.nodes import NodeService
from nexus_server.roadmaps.learning.preview import Previews
from nexus_server.roadmaps.learning.progress import WayReader
from nexus_server.roadmaps.learning.quizzes import QuizService
from nexus_server.roadmaps.settings import ContentSettings
from nexus_server.roadmaps.sync.checked_files import FileChecks
from nexus_server.roadmaps.sync.status import ContentAdministration
from nexus_server.roadmaps.sync.sync import ContentSync
from nexus_server.roadmaps.sync.watch import ContentWatch
from nexus_server.store.database import Database


@dataclass(frozen=True)
class Roadmaps:
    """Everything about what there is to learn. A `Background`: changed files are synced."""

    content: ContentLayers
    sync: ContentSync
    #: what reads roadmaps with a learner's progress, and remembers nodes: one for all who do
    ways: WayReader
    catalogue: Catalogue
    due: DueReader
    nodes: NodeService
    exams: ExamStarts
    quizzes: QuizService
    completer: NodeCompleter
    watch: ContentWatch
    administration: ContentAdministration
    previews: Previews
    lab_limits: LabLimitsReader

    async def start(self) -> None:
        """Begin to look for changed files."""
        await self.watch.start()

    async def stop(self) -> None:
        """Stop looking."""
        await self.watch.stop()


def open_roadmaps(
    content: ContentLayers,
    database: Database,
    clock: Clock,
    *,
    bus: EventPublisher,
    recorder: LearningRecorder,
    open_workspace: OpenWorkspace,
    settings: ContentSettings | None = None,
) -> Roadmaps:
    """Build the roadmaps of a site; labs are put where `open_workspace` says."""
    completer = NodeCompleter(recorder, clock)
    sync = ContentSync(database, clock, content)
    watch = ContentWatch(sync, bus, content, every_s=(settings or ContentSettings()).reload_s)
    ways = WayReader(fast_paths=database.fast_paths)
    return Roadmaps(
        content=content,
        sync=sync,
        ways=ways,
        catalogue=Catalogue(database, ways),
        due=DueReader(database, clock, ways),
        nodes=NodeService(database, clock, completer, content=content, open_workspace=open_workspace),
        exams=ExamStarts(database, clock),
        quizzes=QuizService(database, clock, completer),
        completer=completer,
        watch=watch,
        administration=ContentAdministration(database, watch, FileChecks(content)),
        previews=Previews(database),
        lab_limits=LabLimitsReader(database),
    )
