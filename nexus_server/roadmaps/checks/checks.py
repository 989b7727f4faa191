"""What `nexus content check` finds without running anything: orphans, dead links, missing alt text, unsafe HTML."""

from collections.abc import Iterator
from pathlib import Path

from nexus_server.files.names import is_nobodys
from nexus_server.markdown import find_links, find_unsafe_html, heading_fragments
from nexus_server.roadmaps.checks.concept_check import check_concepts
from nexus_server.roadmaps.checks.message_check import check_messages
from nexus_server.roadmaps.checks.release_check import check_release
from nexus_server.roadmaps.files.case_file import CASES_SUFFIX
from nexus_server.roadmaps.files.folder_reader import FolderReader
from nexus_server.roadmaps.files.loader import ROADMAP_FILE, load_chosen
from nexus_server.roadmaps.files.markdown_texts import MarkdownText, markdown_texts
from nexus_server.roadmaps.files.problem import Problem, Severity
from nexus_server.roadmaps.files.quiz_file import OrderingQuestion
from nexus_server.roadmaps.files.roadmap_file import NodeEntry
from nexus_server.roadmaps.files.source import NodeSource, RoadmapSource
from nexus_server.roadmaps.files.yaml_lines import read_yaml

#: folders whose files a roadmap or its notes must name
_NAMED_FOLDERS = {"notes": ".md", "quizzes": ".yaml"}
_LAB_SUFFIXES = {".ipynb", ".py"}


def check_content(content_dir: Path) -> tuple[list[RoadmapSource], list[Problem]]:
    """Read a content directory or one roadmap's folder; return it with every problem, sorted by place."""
    return check_sources(load_chosen(content_dir), str(content_dir))


def check_sources(sources: list[RoadmapSource], place: str) -> tuple[list[RoadmapSource], list[Problem]]:
    """Return roadmaps that were read from `place` with every problem, sorted by place."""
    nothing = Problem(place, 1, f"there is no {ROADMAP_FILE} here, nor in a folder below")
    problems = [] if sources else [nothing]
    for source in sources:
        problems += [*source.problems, *check_roadmap(source)]
    problems += check_concepts(sources)
    return sources, sorted(set(problems))


def check_roadmap(source: RoadmapSource) -> Iterator[Problem]:
    """Yield what is wrong beyond the problems that reading found."""
    if source.file is None:
        return
    yield from _check_orphans(source, source.file.nodes)
    for text in markdown_texts(source):
        yield from check_markdown(text)
    reader = FolderReader(source.folder)
    for node in source.nodes:
        yield from _check_quiz(node, reader)
        yield from check_release(node, reader)
        yield from check_messages(node, reader)


def check_limits(source: RoadmapSource, max_memory_mb: int, max_cpu_share: float) -> Iterator[Problem]:
    """Yield the limits that labs ask for and the site does not give."""
    if source.file is None:
        return
    reader = FolderReader(source.folder)
    file = reader.name_of(ROADMAP_FILE)
    document = read_yaml(reader.read_text(ROADMAP_FILE, file, 1), file)
    most = {"memory_mb": max_memory_mb, "cpu_share": max_cpu_share}
    for index, node in enumerate(source.file.nodes):
        for name, limit in most.items():
            wanted = getattr(node.lab.limits, name) if node.lab else None
            if wanted is not None and wanted > limit:
                line = document.line_of(("nodes", index, "lab", "limits", name))
                yield Problem(file, line, f"{name}: {wanted:g} is over the site's limit of {limit:g}")


def _check_orphans(source: RoadmapSource, nodes: list[NodeEntry]) -> Iterator[Problem]:
    named = {path for node in nodes for path in (node.file, node.quiz) if path}
    for path in sorted(source.folder.rglob("*")):
        relative = path.relative_to(source.folder)
        folder = relative.parts[0]
        is_lab = folder == "labs" and path.suffix in _LAB_SUFFIXES and path.parent.suffix != CASES_SUFFIX
        is_named = is_lab or _NAMED_FOLDERS.get(folder) == path.suffix
        if path.is_file() and is_named and relative.as_posix() not in named and not is_nobodys(relative):
            file = f"{source.folder.name}/{relative.as_posix()}"
            yield Problem(file, 1, f"no node of {ROADMAP_FILE} uses this file", Severity.WARNING)


def check_markdown(text: MarkdownText) -> Iterator[Problem]:
    """Yield the dead links, the images without a description and the unsafe HTML of one text."""
    for link in find_links(text.text):
        line = text.line_of(link.line)
        if link.is_image and not link.alt.strip():
            yield Problem(text.file, line, f"the image {link.target!r} has no alt text")
        if fault := text.fault_of(link.target):
            yield Problem(text.file, line, f"{link.target!r} {fault}")
    for number, markup in find_unsafe_html(text.text):
        message = f"this HTML is not shown as it is written: {markup[:60]}".splitlines()[0]
        yield Problem(text.file, text.line_of(number), message)


def _check_quiz(node: NodeSource, reader: FolderReader) -> Iterator[Problem]:
    quiz, path = node.quiz, node.entry.quiz
    if quiz is None or path is None:
        return
    file = reader.name_of(path)
    document = read_yaml(reader.read_text(path, file, 1), file)
    headings = set(heading_fragments(node.content_md))
    for number, question in enumerate(quiz.questions):
        line = document.line_of(("questions", number))
        if question.section is not None and question.section not in headings:
            message = f"{question.id}: the note has no heading {question.section!r}"
            yield Problem(file, document.line_of(("questions", number, "section")), message)
        if not question.explanation.strip():
            yield Problem(file, line, f"{question.id}: has no explanation", Severity.WARNING)
        if isinstance(question, OrderingQuestion) and question.answer == sorted(question.answer):
            message = f"{question.id}: the ids of the choices, sorted, are the answer"
            yield Problem(file, line, message, Severity.WARNING)
