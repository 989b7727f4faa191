"""What `nexus content check` finds without running anything: orphans, dead links, missing alt text, unsafe HTML."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from nexus_server.markdown import find_links, find_unsafe_html
from nexus_server.roadmaps.loader import ROADMAP_FILE, load_content
from nexus_server.roadmaps.note_file import split_note
from nexus_server.roadmaps.problem import Problem, Severity
from nexus_server.roadmaps.quiz_file import OrderingQuestion, QuizFile
from nexus_server.roadmaps.roadmap_file import NodeEntry
from nexus_server.roadmaps.source import RoadmapSource

#: folders whose files a roadmap or its notes must name
_NAMED_FOLDERS = {"notes": ".md", "quizzes": ".yaml"}
_LAB_SUFFIXES = {".ipynb", ".py"}


def check_content(content_dir: Path) -> tuple[list[RoadmapSource], list[Problem]]:
    """Read everything and return it with every problem, sorted by place."""
    sources = load_content(content_dir)
    problems: list[Problem] = [Problem(str(content_dir), 1, "there is no roadmap here")] if not sources else []
    for source in sources:
        problems += [*source.problems, *check_roadmap(source)]
    return sources, sorted(set(problems))


def check_roadmap(source: RoadmapSource) -> Iterator[Problem]:
    """Yield what is wrong beyond the problems that reading found."""
    if source.file is None:
        return
    yield from _check_orphans(source, source.file.nodes)
    for path in sorted(source.folder.rglob("*.md")):
        yield from check_markdown(path, source.folder)
    for node in source.nodes:
        if node.quiz is not None and node.entry.quiz:
            yield from _check_quiz(node.quiz, f"{source.folder.name}/{node.entry.quiz}")


def _check_orphans(source: RoadmapSource, nodes: list[NodeEntry]) -> Iterator[Problem]:
    named = {path for node in nodes for path in (node.file, node.quiz) if path}
    for path in sorted(source.folder.rglob("*")):
        relative = path.relative_to(source.folder)
        folder = relative.parts[0]
        is_lab = folder == "labs" and path.suffix in _LAB_SUFFIXES
        is_named = is_lab or _NAMED_FOLDERS.get(folder) == path.suffix
        if path.is_file() and is_named and relative.as_posix() not in named:
            file = f"{source.folder.name}/{relative.as_posix()}"
            yield Problem(file, 1, f"no node of {ROADMAP_FILE} uses this file", Severity.WARNING)


def check_markdown(path: Path, folder: Path) -> Iterator[Problem]:
    """Yield the problems of one Markdown file of the roadmap in `folder`."""
    file = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    try:
        parts = split_note(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return  # reading the node said so already
    before = parts.first_line - 1
    for line, token in find_links(parts.markdown):
        target = str(token.attrs.get("src" if token.type == "image" else "href", ""))
        if token.type == "image" and not token.content.strip():
            yield Problem(file, before + line, f"the image {target!r} has no alt text")
        if _is_dead(target, path, folder):
            yield Problem(file, before + line, f"{target!r} leads nowhere")
    for line, markup in find_unsafe_html(parts.markdown):
        yield Problem(file, before + line, f"this HTML is not shown as it is written: {markup[:60]}")


def _is_dead(target: str, path: Path, folder: Path) -> bool:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
        return False
    pure = PurePosixPath(unquote(parts.path))
    found = (path.parent / pure).resolve()
    return pure.is_absolute() or not found.is_relative_to(folder.resolve()) or not found.is_file()


def _check_quiz(quiz: QuizFile, file: str) -> Iterator[Problem]:
    for question in quiz.questions:
        if not question.explanation.strip():
            yield Problem(file, 1, f"{question.id}: has no explanation", Severity.WARNING)
        if isinstance(question, OrderingQuestion) and question.answer == sorted(question.answer):
            yield Problem(file, 1, f"{question.id}: the ids of the choices, sorted, are the answer", Severity.WARNING)
