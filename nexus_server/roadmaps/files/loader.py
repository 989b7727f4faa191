"""Reading `content/`: every roadmap's folder, with the problems of each file. One bad file fails alone."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from nexus_server.files.names import is_nobodys
from nexus_server.gamify.badges import BadgeSpec
from nexus_server.roadmaps.files.concept_file import Concept
from nexus_server.roadmaps.files.folder_reader import FolderReader, digest
from nexus_server.roadmaps.files.node_loader import NodeLoader
from nexus_server.roadmaps.files.parsing import parse_badges, parse_concepts, requirements_of, roadmap_of
from nexus_server.roadmaps.files.problem import ContentError, Problem
from nexus_server.roadmaps.files.roadmap_file import RoadmapFile
from nexus_server.roadmaps.files.source import RoadmapSource
from nexus_server.roadmaps.files.yaml_lines import Document, read_yaml

ROADMAP_FILE = "roadmap.yaml"
#: the hash of each node that has been read before, by its roadmap's slug and its own
Known = Mapping[str, Mapping[str, str]]
NOTHING_KNOWN: Known = MappingProxyType({})


def load_content(content_dir: Path) -> list[RoadmapSource]:
    """Read every folder that holds a roadmap.yaml, in the order of their names."""
    if not content_dir.is_dir():
        return []
    found = sorted(content_dir.glob(f"*/{ROADMAP_FILE}"))
    return [load_roadmap(path.parent) for path in found if not is_nobodys(path.relative_to(content_dir))]


def load_chosen(path: Path) -> list[RoadmapSource]:
    """Read what an author points at: a content directory, or one roadmap's folder."""
    return [load_roadmap(path)] if (path / ROADMAP_FILE).is_file() else load_content(path)


def load_roadmap_file(folder: Path) -> RoadmapFile | None:
    """Read a folder's roadmap.yaml alone; None: something is wrong with it."""
    reader = FolderReader(folder)
    try:
        return _read_roadmap_file(reader, reader.name_of(ROADMAP_FILE))[1]
    except ContentError:
        return None


def load_roadmap(folder: Path, known: Known = NOTHING_KNOWN) -> RoadmapSource:
    """Read one roadmap; what is wrong with it is in `problems`. Nodes whose hash is `known` are not parsed."""
    reader = FolderReader(folder)
    name = reader.name_of(ROADMAP_FILE)
    try:
        document, roadmap = _read_roadmap_file(reader, name)
    except ContentError as error:
        return RoadmapSource(folder, None, problems=error.problems)
    badges, badge_problems = _badges(reader, roadmap, name, document.line_of(("badges",)))
    concepts, concept_problems = _concepts(reader, roadmap, name, document.line_of(("concepts",)))
    source = RoadmapSource(
        folder,
        roadmap,
        digest([roadmap.model_dump_json()]),
        problems=[*badge_problems, *concept_problems],
        badges=badges,
        concepts=concepts,
    )
    if roadmap.slug != folder.name:
        source.problems.append(Problem(name, document.line_of(("slug",)), "slug: must be the folder's name"))
    requirements = requirements_of(roadmap)
    hashes = known.get(roadmap.slug, {})
    for index, entry in enumerate(roadmap.nodes):
        loader = NodeLoader(reader, entry, name, document.line_of(("nodes", index)))
        loader.read(index, requirements[entry.slug])
        if loader.content_hash and loader.content_hash == hashes.get(entry.slug):
            source.known.append(entry.slug)
            continue
        if node := loader.parse(index, requirements[entry.slug]):
            source.nodes.append(node)
        source.problems.extend(loader.problems)
    return source


def _read_roadmap_file(reader: FolderReader, name: str) -> tuple[Document, RoadmapFile]:
    document = read_yaml(reader.read_text(ROADMAP_FILE, name, 1), name)
    return document, roadmap_of(document, name)


def _badges(
    reader: FolderReader, roadmap: RoadmapFile, named_in: str, line: int
) -> tuple[list[BadgeSpec] | None, list[Problem]]:
    """Return the roadmap's own badges (None where their file is wrong), and what is wrong with it."""
    if roadmap.badges is None:
        return [], []
    try:
        text = reader.read_text(roadmap.badges, named_in, line)
        return parse_badges(text, reader.name_of(roadmap.badges)), []
    except ContentError as error:
        return None, error.problems


def _concepts(
    reader: FolderReader, roadmap: RoadmapFile, named_in: str, line: int
) -> tuple[list[Concept] | None, list[Problem]]:
    """Return the roadmap's map of concepts (None where its file is wrong), and what is wrong with it."""
    if roadmap.concepts is None:
        return [], []
    try:
        text = reader.read_text(roadmap.concepts, named_in, line)
        slugs = {node.slug for node in roadmap.nodes}
        return parse_concepts(text, reader.name_of(roadmap.concepts), slugs).root, []
    except ContentError as error:
        return None, error.problems
