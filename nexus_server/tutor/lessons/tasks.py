"""A task of a lab: what it asks for, and the hints that its author wrote. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import nbformat
from nbformat import NotebookNode

from nexus_server.notebook_format.metadata import ANSWER_ROLES, CellRole, cell_meta


@dataclass(frozen=True, slots=True)
class Task:
    """What a learner is asked for in one answer cell."""

    #: the answer cell's id
    grade_id: str
    #: the text above the cell, in Markdown
    text: str = ""
    #: by the author, in order: the idea, the form, the form with gaps
    hints: tuple[str, ...] = ()


class TaskSource(Protocol):
    """Gives tasks of labs."""

    async def find_task(self, node_id: UUID, grade_id: str | None) -> Task | None:
        """Return the lab's task with the answer cell `grade_id`, or else its first one; None when it has none."""
        ...


def find_task(source_notebook: str, grade_id: str | None) -> Task | None:
    """Return the task with the answer cell `grade_id`, or else the notebook's first one."""
    cells = nbformat.reads(source_notebook, as_version=4).cells
    answers = [index for index, cell in enumerate(cells) if cell_meta(cell).role in ANSWER_ROLES]
    if not answers:
        return None
    chosen = next((index for index in answers if cell_meta(cells[index]).grade_id == grade_id), None)
    # The check that fails belongs to the answer above it.
    tests = next((index for index, cell in enumerate(cells) if grade_id and cell_meta(cell).grade_id == grade_id), None)
    if chosen is None and tests is not None:
        chosen = next((index for index in reversed(answers) if index < tests), None)
    at = answers[0] if chosen is None else chosen
    return _task(cells, answers, at)


def _task(cells: Sequence[NotebookNode], answers: Sequence[int], at: int) -> Task:
    begin = max((index + 1 for index in answers if index < at), default=0)
    end = min((index for index in answers if index > at), default=len(cells))
    texts = [cell.source for cell in cells[begin:at] if cell.cell_type == "markdown"]
    # An author may keep the hints at the answer, at the text above it, or at the check below it.
    above = [cell for cell in cells[begin:at] if not _is_test(cell)]
    places = [cells[at], *reversed(above), *(cell for cell in cells[at + 1 : end] if _is_test(cell))]
    hints = next((found for cell in places if (found := _hints(cell))), ())
    return Task(cell_meta(cells[at]).grade_id, "\n\n".join(texts[-2:]), hints)


def _is_test(cell: NotebookNode) -> bool:
    return cell_meta(cell).role is CellRole.TESTS


def _hints(cell: NotebookNode) -> tuple[str, ...]:
    raw = cell.metadata.get("nexus")
    found = raw.get("hints", ()) if isinstance(raw, dict) else ()
    return tuple(text for text in found if isinstance(text, str))
