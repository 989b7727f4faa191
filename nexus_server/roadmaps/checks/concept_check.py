"""Whether the concepts that cells and quizzes name are in the map of a roadmap, and each in one map only."""

import json
from collections.abc import Iterator, Sequence

from nexus_server.roadmaps.files.folder_reader import FolderReader
from nexus_server.roadmaps.files.lab_lines import line_of_cell
from nexus_server.roadmaps.files.parsing import parse_concepts
from nexus_server.roadmaps.files.problem import ContentError, Problem, Severity
from nexus_server.roadmaps.files.source import NodeSource, RoadmapSource
from nexus_server.roadmaps.files.yaml_lines import read_yaml

#: where something names a concept: file, line and the concept's id
Mention = tuple[str, int, str]


def check_concepts(sources: Sequence[RoadmapSource]) -> Iterator[Problem]:
    """Yield the concepts that are in no map though others of their family are, and those that are in two.

    A concept that nothing asks for is a warning: nobody's mastery of it can be known.

    A family is what ids begin with; one that no map here has may be of a roadmap that lies elsewhere.
    """
    known: dict[str, str] = {}
    for source in sources:
        for file, line, concept in _mapped(source):
            if other := known.get(concept):
                yield Problem(file, line, f"the concept {concept!r} is in {other}, too: ids are unique on the site")
            known.setdefault(concept, file)
    families = {_family(concept) for concept in known}
    shown: set[str] = set()
    for source in sources:
        reader = FolderReader(source.folder)
        for node in source.nodes:
            for file, line, concept in (*_of_quiz(node, reader), *_of_cells(node, reader)):
                shown.add(concept)
                if concept not in known and _family(concept) in families:
                    yield Problem(file, line, f"there is no concept {concept!r} in a map of concepts")
    for file, line, concept in (mention for source in sources for mention in _mapped(source)):
        if concept not in shown:
            yield Problem(file, line, f"no question and no graded cell shows the concept {concept!r}", Severity.WARNING)


def _family(concept: str) -> str:
    return concept.partition(".")[0]


def _mapped(source: RoadmapSource) -> Iterator[Mention]:
    """Tell which concepts a roadmap's map has; what is wrong with the map was found when it was read."""
    if source.file is None or source.file.concepts is None:
        return
    reader = FolderReader(source.folder)
    file = reader.name_of(source.file.concepts)
    try:
        text = reader.read_text(source.file.concepts, file, 1)
        concepts = parse_concepts(text, file, {node.slug for node in source.file.nodes}).root
    except ContentError:
        return
    document = read_yaml(text, file)
    for index, concept in enumerate(concepts):
        yield file, document.line_of((index, "id")), concept.id


def _of_quiz(node: NodeSource, reader: FolderReader) -> Iterator[Mention]:
    if node.quiz is None or node.entry.quiz is None:
        return
    file = reader.name_of(node.entry.quiz)
    document = read_yaml(reader.read_text(node.entry.quiz, file, 1), file)
    for number, question in enumerate(node.quiz.questions):
        for concept in question.concepts:
            yield file, document.line_of(("questions", number, "concepts")), concept


def _of_cells(node: NodeSource, reader: FolderReader) -> Iterator[Mention]:
    if node.lab is None or node.entry.file is None:
        return
    text = reader.read_text(node.entry.file, node.path, 1)
    for index, cell in enumerate(json.loads(node.lab.source_notebook)["cells"]):
        for concept in cell["metadata"].get("nexus", {}).get("concepts", []):
            yield node.path, line_of_cell(text, node.path, index), concept
