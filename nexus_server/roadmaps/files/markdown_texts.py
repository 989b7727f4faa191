"""The Markdown of a roadmap: notes, transcripts, the texts of quizzes, the text cells of labs; each with its place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit

from nbformat import NotebookNode

from nexus_server.files.links import is_file, resolved
from nexus_server.files.names import is_nobodys
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.roadmaps.files.folder_reader import FolderReader
from nexus_server.roadmaps.files.lab_data import data_paths
from nexus_server.roadmaps.files.lab_lines import line_of_cell
from nexus_server.roadmaps.files.note_file import split_note
from nexus_server.roadmaps.files.problem import ContentError
from nexus_server.roadmaps.files.quiz_file import QuizFile
from nexus_server.roadmaps.files.source import NodeSource, RoadmapSource
from nexus_server.roadmaps.files.yaml_lines import YamlPath, read_yaml

#: says what is wrong with a relative link, or nothing
LinkRule = Callable[[str], str | None]
NOWHERE = "leads nowhere"


@dataclass(frozen=True, slots=True)
class MarkdownText:
    """One text of a file. `line_of` turns a line of the text (from 1) into the line of the file."""

    file: str
    text: str
    line_of: Callable[[int], int]
    link_rule: LinkRule

    def fault_of(self, target: str) -> str | None:
        """Say what is wrong with a link or an image; other sites and places in the same text are not looked at."""
        try:
            parts = urlsplit(target)
        except ValueError:
            return NOWHERE
        if parts.scheme == "attachment":
            return self.link_rule(target)
        if parts.scheme or parts.netloc or not parts.path:
            return None
        return self.link_rule(unquote(parts.path))


def markdown_texts(source: RoadmapSource) -> Iterator[MarkdownText]:
    """Yield every Markdown text that could be read."""
    for path in sorted(source.folder.rglob("*.md")):
        if is_nobodys(path.relative_to(source.folder)):
            continue
        try:
            yield _note(path, source.folder)
        except UnicodeDecodeError:
            continue  # reading the node said so already
    reader = FolderReader(source.folder)
    for node in source.nodes:
        if node.quiz is not None and node.entry.quiz is not None:
            yield from _quiz_texts(reader, node, node.quiz, node.entry.quiz)
        if node.lab is not None and node.entry.file is not None:
            yield from _cells(reader, node, node.entry.file, node.lab.source_notebook)


def _note(path: Path, folder: Path) -> MarkdownText:
    parts = split_note(path.read_text(encoding="utf-8"))
    before = parts.first_line - 1
    file = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    return MarkdownText(file, parts.markdown, lambda line: before + line, partial(_fault_in_folder, path, folder))


def _fault_in_folder(path: Path, folder: Path, target: str) -> str | None:
    """Links of notes and quizzes lead to files of the roadmap, seen from the note."""
    pure = PurePosixPath(target)
    found = resolved(path.parent / pure)
    is_there = not pure.is_absolute() and found.is_relative_to(resolved(folder)) and is_file(found)
    return None if is_there else NOWHERE


def _quiz_texts(reader: FolderReader, node: NodeSource, quiz: QuizFile, path: str) -> Iterator[MarkdownText]:
    file = reader.name_of(path)
    try:
        document = read_yaml(reader.read_text(path, file, 1), file)
    except ContentError:
        return  # it changed since it was read; the next check sees it
    rule = partial(_fault_in_folder, reader.folder.parent / node.path, reader.folder)
    for place, text in _texts_of(quiz):
        yield MarkdownText(file, text, partial(document.line_in_text, place), rule)


def _texts_of(quiz: QuizFile) -> Iterator[tuple[YamlPath, str]]:
    for number, question in enumerate(quiz.questions):
        here: YamlPath = ("questions", number)
        yield (*here, "prompt"), question.prompt
        yield (*here, "explanation"), question.explanation
        for at, choice in enumerate(getattr(question, "choices", [])):
            yield (*here, "choices", at, "text"), choice.text


def _cells(reader: FolderReader, node: NodeSource, path: str, notebook: str) -> Iterator[MarkdownText]:
    file = reader.name_of(path)
    try:
        text = reader.read_text(path, file, 1)
    except ContentError:
        return  # it went since it was read; the next check sees it
    beside = frozenset(data_paths(node.entry.lab.model_dump()) if node.entry.lab else ())
    for index, cell in enumerate(parse_notebook(notebook).cells):
        if cell.cell_type == "markdown":
            rule = partial(_fault_in_lab, cell, beside, (reader.folder / path).parent, reader.folder)
            yield MarkdownText(file, cell.source, partial(line_of_cell, text, file, index), rule)


def _fault_in_lab(cell: NotebookNode, beside: frozenset[str], here: Path, folder: Path, target: str) -> str | None:
    """A learner's notebook lies in the workspace, where only the lab's data files are beside it."""
    if target.startswith("attachment:"):
        return None if unquote(target.removeprefix("attachment:")) in cell.get("attachments", {}) else NOWHERE
    if normpath(target) in beside:
        return None
    if any((place / target).is_file() for place in (here, folder)):
        return "is not beside the learner's notebook: name it under `data`"
    return NOWHERE
