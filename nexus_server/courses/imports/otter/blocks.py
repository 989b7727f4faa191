"""The parts of an Otter source notebook: its configuration, its questions, and the cells between them. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_raw_cell

from nexus_server.courses.imports.errors import UnreadableImportError
from nexus_server.courses.imports.otter.old_format import is_old_format, modernised

_BOUNDARY = re.compile(r"#\s+(begin|end)\s+(question|prompt|solution|tests)\s*", re.IGNORECASE)
_CONFIG = re.compile(r"#\s+assignment\s+config\s*", re.IGNORECASE)
_FENCE, _FENCE_END = "```otter", "```"


class QuestionPart(StrEnum):
    """Where in a question a cell stands."""

    TEXT = "question"
    PROMPT = "prompt"
    SOLUTION = "solution"
    TESTS = "tests"


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell with its number in the source, counted from 1."""

    number: int
    cell: NotebookNode
    part: QuestionPart | None = None

    @property
    def place(self) -> str:
        """Return where it stands, in words."""
        return f"cell {self.number}"


@dataclass(frozen=True)
class OtterQuestion:
    """A question: its configuration and its cells."""

    number: int
    config: Mapping[str, Any]
    cells: list[Placed] = field(default_factory=list)
    #: numbers of the cells that only begin and end its parts
    boundaries: list[int] = field(default_factory=list)

    def of(self, part: QuestionPart) -> list[Placed]:
        """Return its cells of one part."""
        return [placed for placed in self.cells if placed.part is part]


@dataclass(frozen=True)
class OtterNotebook:
    """A source notebook by its parts, in order."""

    config: Mapping[str, Any]
    config_numbers: Sequence[int]
    parts: Sequence[Placed | OtterQuestion]


def is_otter_source(notebook: NotebookNode) -> bool:
    """Whether a notebook has a configuration of Otter Assign, or a question."""
    return is_old_format(notebook.cells) or any(
        cell.cell_type == "raw" and (_CONFIG.match(cell.source) or _BOUNDARY.match(cell.source))
        for _, cell in _unfenced(notebook.cells)
    )


def read_blocks(notebook: NotebookNode) -> OtterNotebook:
    """Sort a source notebook's cells.

    Raises:
        UnreadableImportError: its parts are not in order, or a configuration is not YAML; names the cell.
    """
    config: dict[str, Any] = {}
    numbers: list[int] = []
    parts: list[Placed | OtterQuestion] = []
    question: OtterQuestion | None = None
    part = QuestionPart.TEXT
    for number, cell in _unfenced(notebook.cells):
        boundary = _BOUNDARY.match(cell.source) if cell.cell_type == "raw" else None
        if boundary:
            question, part = _crossed(boundary, question, part, number, cell)
            if question is not None and part is QuestionPart.TEXT and not question.boundaries:
                parts.append(question)
            if question is not None:
                question.boundaries.append(number)
            question = None if _ends_question(boundary) else question
        elif cell.cell_type == "raw" and _CONFIG.match(cell.source):
            config |= read_config(cell.source, number)
            numbers.append(number)
        elif question is None:
            parts.append(Placed(number, cell))
        else:
            question.cells.append(Placed(number, cell, part))
    if question is not None:
        raise UnreadableImportError(f"Cell {question.number}: the question has no END QUESTION.")
    return OtterNotebook(config, numbers, parts)


def _ends_question(boundary: re.Match[str]) -> bool:
    return boundary[1].lower() == "end" and boundary[2].lower() == QuestionPart.TEXT


def _crossed(
    boundary: re.Match[str], question: OtterQuestion | None, part: QuestionPart, number: int, cell: NotebookNode
) -> tuple[OtterQuestion | None, QuestionPart]:
    """Return in which question and part the cells after a boundary stand."""
    begins, named = boundary[1].lower() == "begin", QuestionPart(boundary[2].lower())
    said = " ".join(boundary[0].split()).strip("# ")
    if begins and named is QuestionPart.TEXT:
        if question is not None:
            raise UnreadableImportError(f"Cell {number}: {said} inside another question.")
        return OtterQuestion(number, read_config(cell.source, number)), QuestionPart.TEXT
    if question is None:
        raise UnreadableImportError(f"Cell {number}: {said} outside a question.")
    if begins and part is QuestionPart.TEXT:
        return question, named
    if not begins and part is named:
        return question, QuestionPart.TEXT
    raise UnreadableImportError(f"Cell {number}: {said} does not fit the part before it.")


def read_config(source: str, number: int) -> dict[str, Any]:
    """Return what a configuration cell says.

    Raises:
        UnreadableImportError: it is not YAML with keys.
    """
    try:
        found = yaml.safe_load(source)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableImportError(f"Cell {number}: its configuration is not valid YAML.") from error
    if not isinstance(found, dict | None):
        raise UnreadableImportError(f"Cell {number}: its configuration has no keys.")
    return {str(key): value for key, value in (found or {}).items()}


def _unfenced(cells: Sequence[NotebookNode]) -> Iterator[tuple[int, NotebookNode]]:
    """Yield the cells with their numbers; those that are written in text as fences of `otter` are raw cells."""
    numbered = modernised(cells) if is_old_format(cells) else enumerate(cells, 1)
    for number, cell in numbered:
        if cell.cell_type != "markdown" or _FENCE not in cell.source:
            yield number, cell
            continue
        for is_fenced, text in _fences(cell.source, number):
            if text.strip():
                yield number, new_raw_cell(text) if is_fenced else new_markdown_cell(text)


def _fences(source: str, number: int) -> Iterator[tuple[bool, str]]:
    lines: list[str] = []
    is_fenced = False
    for line in source.split("\n"):
        if line.strip() == (_FENCE_END if is_fenced else _FENCE):
            yield is_fenced, "\n".join(lines)
            is_fenced, lines = not is_fenced, []
        else:
            lines.append(line)
    if is_fenced:
        raise UnreadableImportError(f"Cell {number}: a fence of otter has no end.")
    yield False, "\n".join(lines)
