"""Content files: from text to validated models, with the line of each problem. Pure."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from nexus_server.gamify.badges import BadgeSpec
from nexus_server.roadmaps.files.badge_file import BadgeFile, badge_faults
from nexus_server.roadmaps.files.concept_file import ConceptFile, concept_faults
from nexus_server.roadmaps.files.note_file import NoteFrontMatter, split_note
from nexus_server.roadmaps.files.prerequisites import Expression, find_cycle, find_unreachable, slugs_of
from nexus_server.roadmaps.files.problem import ContentError, Problem
from nexus_server.roadmaps.files.quiz_file import QuizFile
from nexus_server.roadmaps.files.roadmap_file import NodeEntry, RoadmapFile
from nexus_server.roadmaps.files.yaml_lines import Document, read_yaml

Model = TypeVar("Model", bound=BaseModel)


def parse_roadmap(text: str, file: str) -> RoadmapFile:
    """Return the roadmap of a file's text; see `roadmap_of`."""
    return roadmap_of(read_yaml(text, file), file)


def roadmap_of(document: Document, file: str) -> RoadmapFile:
    """Return a roadmap whose nodes have unique slugs and whose prerequisites form a DAG.

    Raises:
        ContentError: it is not so; one problem for each cause.
    """
    roadmap = _validate(RoadmapFile, document, file)
    if problems := _check_slugs(roadmap, document, file) or _check_graph(roadmap, document, file):
        raise ContentError(problems)
    return roadmap


def parse_quiz(text: str, file: str) -> QuizFile:
    """Return a quiz whose questions have unique ids.

    Raises:
        ContentError: it is not so.
    """
    document = read_yaml(text, file)
    quiz = _validate(QuizFile, document, file)
    first: dict[str, int] = {}
    problems = []
    for index, question in enumerate(quiz.questions):
        line = document.line_of(("questions", index, "id"))
        if question.id in first:
            problems.append(Problem(file, line, f"the id {question.id!r} is taken by line {first[question.id]}"))
        first.setdefault(question.id, line)
    if problems:
        raise ContentError(problems)
    return quiz


def parse_concepts(text: str, file: str, nodes: set[str]) -> ConceptFile:
    """Return a roadmap's map of concepts, whose ids are unique and which has no circles; `nodes` are the roadmap's.

    Raises:
        ContentError: it is not so.
    """
    document = read_yaml(text, file)
    if not isinstance(document.data, list):
        raise ContentError([Problem(file, document.line_of(()), "a list of concepts is expected here")])
    concepts = _validated(ConceptFile, document, file)
    faults = concept_faults(concepts.root, nodes)
    if problems := [Problem(file, document.line_of((index, key)), f"{key}: {what}") for index, key, what in faults]:
        raise ContentError(problems)
    return concepts


def parse_badges(text: str, file: str) -> list[BadgeSpec]:
    """Return a roadmap's own badges, whose slugs are unique and whose criteria are in the language.

    Raises:
        ContentError: it is not so; each problem has the line of the part that is wrong.
    """
    document = read_yaml(text, file)
    if not isinstance(document.data, list):
        raise ContentError([Problem(file, document.line_of(()), "a list of badges is expected here")])
    badges = _validated(BadgeFile, document, file)
    if faults := list(badge_faults(badges.root)):
        raise ContentError([Problem(file, document.line_of(path), _message(path, what)) for path, what in faults])
    return [badge.spec() for badge in badges.root]


def parse_note(text: str, file: str) -> tuple[NoteFrontMatter, str]:
    """Return a note's front matter and its Markdown.

    Raises:
        ContentError: the front matter is wrong, or there is no text.
    """
    parts = split_note(text)
    front_matter = NoteFrontMatter()
    if parts.front_matter.strip():
        front_matter = _validate(NoteFrontMatter, read_yaml(parts.front_matter, file, first_line=2), file)
    if not parts.markdown.strip():
        raise ContentError([Problem(file, parts.first_line, "the note has no text")])
    return front_matter, parts.markdown


def requirements_of(roadmap: RoadmapFile) -> dict[str, Expression]:
    """Return each node's prerequisites as plain data, with "the node before" spelt out."""
    requirements: dict[str, Expression] = {}
    before: str | None = None
    for node in roadmap.nodes:
        if node.requires is None:
            requirements[node.slug] = {"all": [before]} if before else {}
        else:
            requirements[node.slug] = node.requires.model_dump(mode="json", exclude_none=True)
        before = node.slug
    return requirements


def _validate(model: type[Model], document: Document, file: str) -> Model:
    if not isinstance(document.data, Mapping):
        raise ContentError([Problem(file, document.line_of(()), "a mapping (key: value) is expected here")])
    return _validated(model, document, file)


def _validated(model: type[Model], document: Document, file: str) -> Model:
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise ContentError(
            [
                Problem(file, document.line_of(item["loc"]), _message(item["loc"], item["msg"]))
                for item in error.errors()
            ]
        ) from None


def _message(path: tuple[str | int, ...], message: str) -> str:
    where = ".".join(str(part) for part in path)
    text = message.removeprefix("Value error, ").replace("Extra inputs are not permitted", "there is no such key")
    return f"{where}: {text}" if where else text


def _check_slugs(roadmap: RoadmapFile, document: Document, file: str) -> list[Problem]:
    problems = []
    first: dict[str, int] = {}
    for index, node in enumerate(roadmap.nodes):
        line = document.line_of(("nodes", index, "slug"))
        if node.slug in first:
            problems.append(Problem(file, line, f"the slug {node.slug!r} is taken by line {first[node.slug]}"))
        first.setdefault(node.slug, line)
    problems += _check_old_slugs(roadmap, document, file, first)
    for index, node in enumerate(roadmap.nodes):
        line = document.line_of(("nodes", index, "requires"))
        problems += [
            Problem(file, line, f"{node.slug} requires {slug!r}, which is not a node of this roadmap")
            for slug in _named_by(node)
            if slug not in first
        ]
    return problems


def _check_old_slugs(roadmap: RoadmapFile, document: Document, file: str, current: Mapping[str, int]) -> list[Problem]:
    """An old slug leads to one node, and is nobody's slug any more."""
    problems = []
    taken = dict(current)
    for index, node in enumerate(roadmap.nodes):
        line = document.line_of(("nodes", index, "renamed_from"))
        for slug in node.renamed_from:
            if slug in taken:
                problems.append(Problem(file, line, f"the old slug {slug!r} is taken by line {taken[slug]}"))
            taken.setdefault(slug, line)
    return problems


def _named_by(node: NodeEntry) -> list[str]:
    return slugs_of(node.requires.model_dump(mode="json", exclude_none=True)) if node.requires else []


def _check_graph(roadmap: RoadmapFile, document: Document, file: str) -> list[Problem]:
    graph = requirements_of(roadmap)
    lines = {node.slug: document.line_of(("nodes", i, "requires")) for i, node in enumerate(roadmap.nodes)}
    if cycle := find_cycle(graph):
        return [Problem(file, lines[cycle[0]], f"prerequisites go round in a circle: {' -> '.join(cycle)}")]
    return [Problem(file, lines[slug], f"nothing ever unlocks {slug}") for slug in find_unreachable(graph)]
