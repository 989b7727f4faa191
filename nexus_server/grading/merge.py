"""The notebook that is graded: the instructor's cells in the instructor's order, with the learner's answers in them.

Order, ids, points, flags, tests and read-only cells come from the source. From the submission come the answers of
solution cells, the learner's version of plain cells, and cells that the learner added; those run where the learner put
them, relative to the nearest cell before them that the source knows. Deleting, duplicating, moving, re-flagging or
re-pointing a cell therefore gains nothing and costs nothing.
"""

import copy
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from nbformat import NotebookNode

from nexus_server.grading.choices import kind_of, take_choice
from nexus_server.grading.format import ANSWER_ROLES, CellMeta, Role, cell_meta


class Origin(StrEnum):
    """Who wrote the content of a merged cell."""

    SOURCE = "source"
    LEARNER = "learner"
    #: a solution cell that the submission does not have
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class MergedCell:
    """One cell of the graded notebook."""

    cell: NotebookNode
    meta: CellMeta
    origin: Origin
    #: index of the source's cell; None for a cell that the learner added
    position: int | None

    @property
    def is_trusted(self) -> bool:
        """Whether the content is the instructor's."""
        return self.origin is Origin.SOURCE


@dataclass(frozen=True, slots=True)
class _Matches:
    """The submission's cells, sorted by what the source knows of them. Positions index the source's cells."""

    answers: dict[int, NotebookNode]
    #: cells the source does not know, by the position after which they stand; -1 is the top
    extras: dict[int, list[NotebookNode]]


def merge(submission: NotebookNode, source: NotebookNode) -> list[MergedCell]:
    """Build the graded notebook's cells. Neither argument is changed."""
    matches = _match(submission, source)
    merged = [_extra(cell) for cell in matches.extras.get(-1, [])]
    for position, cell in enumerate(source.cells):
        merged.append(_known(position, cell, matches.answers.get(position)))
        merged.extend(_extra(extra) for extra in matches.extras.get(position, []))
    return merged


def _match(submission: NotebookNode, source: NotebookNode) -> _Matches:
    positions = [_position(cell, *_indexes(source)) for cell in submission.cells]
    # The last of several cells with one id is the answer, as for nbgrader; the earlier ones run as extra cells.
    last = {position: index for index, position in enumerate(positions) if position is not None}
    answers: dict[int, NotebookNode] = {}
    extras: defaultdict[int, list[NotebookNode]] = defaultdict(list)
    after = -1
    for index, (cell, position) in enumerate(zip(submission.cells, positions, strict=True)):
        if position is not None and last[position] == index:
            answers[position] = cell
            after = position
        elif position is None or cell_meta(source.cells[position]).role in ANSWER_ROLES:
            extras[after].append(cell)
    return _Matches(answers, dict(extras))


def _indexes(source: NotebookNode) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Index the source's positions by grade id, by nbformat cell id, and plain cells by content."""
    metas = [cell_meta(cell) for cell in source.cells]
    by_grade_id = {meta.grade_id: index for index, meta in enumerate(metas) if meta.grade_id}
    by_cell_id = {cell.id: index for index, cell in enumerate(source.cells) if "id" in cell}
    by_content = {
        cell.source: index
        for index, (cell, meta) in enumerate(zip(source.cells, metas, strict=True))
        if not meta.grade_id
    }
    return by_grade_id, by_cell_id, by_content


def _position(
    cell: NotebookNode, by_grade_id: dict[str, int], by_cell_id: dict[str, int], by_content: dict[str, int]
) -> int | None:
    """Find a submitted cell's place in the source: by grade id, else by cell id, else (plain cells) by content."""
    raw = cell.metadata.get("nbgrader")
    grade_id = raw.get("grade_id") if isinstance(raw, dict) else None
    if isinstance(grade_id, str) and grade_id in by_grade_id:
        return by_grade_id[grade_id]
    if (position := by_cell_id.get(cell.get("id", ""))) is not None:
        return position
    return by_content.get(cell.source)


def _known(position: int, source_cell: NotebookNode, submitted: NotebookNode | None) -> MergedCell:
    meta = cell_meta(source_cell)
    cell = copy.deepcopy(source_cell)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    if meta.role in ANSWER_ROLES:
        cell.source = "" if submitted is None else submitted.source
        if kind_of(source_cell):
            take_choice(cell, submitted)
        return MergedCell(cell, meta, Origin.MISSING if submitted is None else Origin.LEARNER, position)
    if meta.role is Role.PLAIN and submitted is not None and submitted.source != source_cell.source:
        cell.source = submitted.source
        return MergedCell(cell, meta, Origin.LEARNER, position)
    return MergedCell(cell, meta, Origin.SOURCE, position)


def _extra(cell: NotebookNode) -> MergedCell:
    kept = copy.deepcopy(cell)
    kept.metadata.pop("nbgrader", None)
    if kept.cell_type == "code":
        kept.outputs, kept.execution_count = [], None
    return MergedCell(kept, CellMeta(), Origin.LEARNER, None)
