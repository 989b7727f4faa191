"""Join the parts of roadmaps."""

from dataclasses import dataclass
from pathlib import Path

from nexus_server.clock import Clock
from nexus_server.learning import LearningRecorder
from nexus_server.roadmaps.catalogue import Catalogue
from nexus_server.roadmaps.completion import NodeCompleter
from nexus_server.roadmaps.lab_workspace import OpenWorkspace
from nexus_server.roadmaps.nodes import NodeService
from nexus_server.roadmaps.quizzes import QuizService
from nexus_server.roadmaps.sync import ContentSync
from nexus_server.store.database import Database


@dataclass(frozen=True)
class Roadmaps:
    """Everything about what there is to learn."""

    content_dir: Path
    sync: ContentSync
    catalogue: Catalogue
    nodes: NodeService
    quizzes: QuizService
    completer: NodeCompleter


def open_roadmaps(
    content_dir: Path, database: Database, clock: Clock, *, recorder: LearningRecorder, open_workspace: OpenWorkspace
) -> Roadmaps:
    """Build the roadmaps of a site; labs are put where `open_workspace` says."""
    completer = NodeCompleter(recorder, clock)
    return Roadmaps(
        content_dir=content_dir,
        sync=ContentSync(database, clock, content_dir),
        catalogue=Catalogue(database),
        nodes=NodeService(database, clock, completer, content_dir=content_dir, open_workspace=open_workspace),
        quizzes=QuizService(database, clock, completer),
        completer=completer,
    )
