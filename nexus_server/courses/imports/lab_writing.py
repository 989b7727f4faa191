"""Writing a lab cell by cell, with a line in the report for each cell of the source that it was made of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from nexus_server.courses.imports.report import PartOutcome, PartReport
from nexus_server.notebook_format.metadata import SCHEMA_VERSION

_NO_ID = re.compile(r"[^A-Za-z0-9_-]+")
HIDDEN_BEGIN, HIDDEN_END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


@dataclass
class LabWriter:
    """A lab that is being written."""

    cells: list[NotebookNode] = field(default_factory=list)
    reports: list[PartReport] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)

    def say(self, place: str, outcome: PartOutcome, text: str) -> None:
        """Add a line to the report."""
        self.reports.append(PartReport(place, outcome, text))

    def in_order(self) -> list[PartReport]:
        """Return the report in the order of the source's cells; what is said of none comes last."""
        return sorted(self.reports, key=lambda report: _number(report.place))

    def keep(self, place: str, cell: NotebookNode, text: str = "kept as it is") -> None:
        """Take a cell over for learners to read or run."""
        self.cells.append(_made(cell.cell_type, cell.source, cell))
        self.say(place, PartOutcome.KEPT, text)

    def free_id(self, wanted: str) -> str:
        """Return an id that no cell has yet."""
        stem = _NO_ID.sub("-", wanted).strip("-") or "cell"
        number, found = 1, stem
        while found in self._ids:
            number += 1
            found = f"{stem}-{number}"
        self._ids.add(found)
        return found

    def answer(self, source: str, grade_id: str) -> None:
        """Add a cell of code that learners answer in, and that tests look at."""
        self._add("code", source, grade_id, solution=True)

    def by_hand(self, kind: str, source: str, grade_id: str, points: float) -> None:
        """Add an answer that a person marks."""
        self._add(kind, source, grade_id, grade=True, solution=True, points=points)

    def test(self, visible: Sequence[str], hidden: Sequence[str], grade_id: str, points: float) -> None:
        """Add a cell of tests."""
        parts = list(visible)
        if hidden:
            parts.append("\n".join([HIDDEN_BEGIN, *hidden, HIDDEN_END]))
        self._add("code", "\n".join(parts), grade_id, grade=True, locked=True, points=points)

    def for_staff(self, cell: NotebookNode) -> None:
        """Add a cell that learners never get."""
        made = _made(cell.cell_type, cell.source, cell)
        made.metadata["tags"] = ["remove-for-students"]
        self.cells.append(made)

    def _add(self, kind: str, source: str, grade_id: str, **values: bool | float) -> None:
        cell = _made(kind, source)
        flags = {"grade": False, "solution": False, "locked": False, "task": False}
        cell.metadata["nbgrader"] = NotebookNode(
            {"schema_version": SCHEMA_VERSION, "grade_id": grade_id, **flags, **values}
        )
        self.cells.append(cell)


def _number(place: str) -> float:
    kind, _, number = place.partition(" ")
    return int(number) if kind == "cell" and number.isdigit() else float("inf")


def _made(kind: str, source: str, origin: NotebookNode | None = None) -> NotebookNode:
    """Return a new cell: only its text comes along, and pictures that are attached to it."""
    cell: NotebookNode = new_code_cell(source) if kind == "code" else new_markdown_cell(source)
    if origin is not None and kind != "code" and "attachments" in origin:
        cell["attachments"] = origin["attachments"]
    return cell
