"""A roadmap as it was read from disk: what sync writes to the database and what the checks look at."""

from dataclasses import dataclass, field
from pathlib import Path

from nexus_server.gamify.badges import BadgeSpec
from nexus_server.roadmaps.files.concept_file import Concept
from nexus_server.roadmaps.files.note_file import NoteFrontMatter
from nexus_server.roadmaps.files.prerequisites import Expression
from nexus_server.roadmaps.files.problem import Problem
from nexus_server.roadmaps.files.quiz_file import QuizFile
from nexus_server.roadmaps.files.roadmap_file import NodeEntry, RoadmapFile


@dataclass(frozen=True, slots=True)
class LabSource:
    """A lab's two notebooks as nbformat JSON, and the hash of what a learner is given."""

    source_notebook: str
    release_notebook: str
    release_hash: str
    #: Markdown above the first code cell
    introduction_md: str = ""


@dataclass(frozen=True, slots=True)
class NodeSource:
    """A node with everything that its files say. `path` and `hash` are of its main file and of all of them."""

    entry: NodeEntry
    order_index: int
    requires: Expression
    path: str
    content_hash: str
    content_md: str = ""
    front_matter: NoteFrontMatter = field(default_factory=NoteFrontMatter)
    quiz: QuizFile | None = None
    transcript_md: str = ""
    lab: LabSource | None = None


@dataclass(frozen=True, slots=True)
class RoadmapSource:
    """A roadmap's folder. `nodes` lacks the nodes whose files have errors; `file` is None when roadmap.yaml has.

    It lacks those that were `known`, too.
    """

    folder: Path
    file: RoadmapFile | None
    content_hash: str = ""
    nodes: list[NodeSource] = field(default_factory=list)
    #: slugs of the nodes whose hash whoever asked knew already
    known: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: the map of concepts; None: its file has errors
    concepts: list[Concept] | None = field(default_factory=list)
    #: the roadmap's own badges; None: their file has errors
    badges: list[BadgeSpec] | None = field(default_factory=list)
