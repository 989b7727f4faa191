"""Choice cells: learners tick options, and their ticks are compared with the instructor's. Pure.

The format is e2xgrader's for nbgrader: a Markdown cell with the flags of a manual answer, and beside nbgrader's
metadata ``extended_cell``: ``{"type": "singlechoice" | "multiplechoice", "choice": ["0", ...]}``. Options are the items
of the cell's list, counted from 0. So that they can be answered where no form is drawn, a release puts a box before
each, ``- [ ]``; ticked ones, ``- [x]``, count before the metadata, also in the instructor's notebook.
"""

import re
from typing import Any

from nbformat import NotebookNode

from nexus_server.notebook_format.metadata import CellMeta, CellRole, cell_meta
from nexus_server.notebook_format.results import CellResult, CellStatus, Trust

SINGLE, MULTIPLE = "singlechoice", "multiplechoice"
NO_CHOICE = "There is no answer here yet."
WRONG_CHOICE = "Not what was asked for; read all options again."
KEY = "extended_cell"
OPTION = re.compile(r"^( {0,3}(?:[-*+]|\d+[.)])[ \t]+)(?:\[([ xX])\][ \t]+)?(.*)$")


def kind_of(cell: NotebookNode) -> str | None:
    """Return "singlechoice" or "multiplechoice"; None for cells of every other kind."""
    kind = _extension(cell).get("type")
    is_answer = cell.cell_type == "markdown" and cell_meta(cell).role is CellRole.MANUAL
    return kind if is_answer and kind in (SINGLE, MULTIPLE) else None


def options(cell: NotebookNode) -> list[str]:
    """Return the options' texts."""
    return [match[3].strip() for match in _matches(cell.source)]


def chosen(cell: NotebookNode) -> frozenset[int]:
    """Return the chosen options' numbers: those ticked in the text, else those in the metadata."""
    ticked = frozenset(number for number, match in enumerate(_matches(cell.source)) if match[2] in ("x", "X"))
    return ticked or _noted(cell)


def release_choice(cell: NotebookNode) -> None:
    """Take the right answer out, and put an empty box before each option."""
    cell.metadata[KEY].pop("choice", None)
    cell.source = "\n".join(
        f"{match[1]}[ ] {match[3]}" if (match := OPTION.match(line)) else line for line in cell.source.split("\n")
    )


def take_choice(cell: NotebookNode, submitted: NotebookNode | None) -> None:
    """Put a learner's choice into a copy of the instructor's cell, whose metadata tell the right one."""
    _note(cell, () if submitted is None else _noted(submitted))


def score_choice(meta: CellMeta, answer: NotebookNode, source: NotebookNode) -> CellResult:
    """Score a choice. One of several: all or nothing; several: each option right adds its share, each wrong takes it.

    As e2xgrader does, but that no choice at all earns nothing.
    """
    count, right = len(options(source)), chosen(source)
    mine = _translated(answer, options(source)) & frozenset(range(count))
    if not mine:
        return CellResult(meta.grade_id, 0.0, meta.points, CellStatus.FAILED, Trust.SEALED, NO_CHOICE)
    if mine == right:
        return CellResult(meta.grade_id, meta.points, meta.points, CellStatus.PASSED, Trust.SEALED)
    share = 0.0 if kind_of(source) == SINGLE else max(0.0, 1 - 2 * len(mine ^ right) / count)
    points = round(meta.points * share, 6)
    status = CellStatus.PARTIAL if points else CellStatus.FAILED
    message = f"Partly right: {points:g} of {meta.points:g} points." if points else WRONG_CHOICE
    return CellResult(meta.grade_id, points, meta.points, status, Trust.SEALED, message)


def _translated(answer: NotebookNode, known: list[str]) -> frozenset[int]:
    """Return the chosen numbers as the source counts; a learner may have added or lost a line of the text."""
    mine = options(answer)
    if not mine or len(mine) == len(known):
        return chosen(answer)
    return frozenset(
        known.index(mine[number]) for number in chosen(answer) if number < len(mine) and mine[number] in known
    )


def _matches(source: str) -> list[re.Match[str]]:
    return [match for line in source.split("\n") if (match := OPTION.match(line))]


def _extension(cell: NotebookNode) -> dict[str, Any]:
    raw = cell.metadata.get(KEY)
    return raw if isinstance(raw, dict) else {}


def _noted(cell: NotebookNode) -> frozenset[int]:
    raw = _extension(cell).get("choice")
    texts = [str(item) for item in raw] if isinstance(raw, list) else []
    return frozenset(int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 4)  # noqa: PLR2004


def _note(cell: NotebookNode, numbers: Any) -> None:
    kept = {name: value for name, value in _extension(cell).items() if name != "source"}
    cell.metadata[KEY] = NotebookNode({**kept, "choice": [str(number) for number in sorted(numbers)]})
