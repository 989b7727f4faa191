"""The notebook that is graded: the instructor's cells in the instructor's order, with the learner's answers in them.

Order, ids, points, flags, tests and read-only cells come from the source. From the submission come the answers of
solution cells, the learner's version of plain cells, and cells that the learner added or copied; those run where the
learner put them. Deleting, duplicating, moving, re-flagging or
re-pointing a cell therefore gains nothing and costs nothing.
"""

import copy
from dataclasses import dataclass
from enum import StrEnum

from nbformat import NotebookNode

from nexus_server.notebook_format.choices import kind_of, take_choice
from nexus_server.notebook_format.matching import TOP, Matching, match
from nexus_server.notebook_format.metadata import ANSWER_ROLES, CellMeta, CellRole, cell_meta


class Origin(StrEnum):
    """Who wrote the content of a merged cell."""

    SOURCE = "source"
    LEARNER = "learner"
    #: a solution cell that the submission does not have
    MISSING = "missing"
    #: an answer for a person that the submission does not have, but cells that may be it: they lost their metadata
    LOST = "lost"


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


def merge(submission: NotebookNode, source: NotebookNode) -> list[MergedCell]:
    """Build the graded notebook's cells. Neither argument is changed.

    Raises:
        InvalidSourceError: the source cannot be released.
    """
    matching = match(submission, source)
    merged = _extras(submission, matching, TOP)
    for position, cell in enumerate(source.cells):
        if (candidates := matching.candidates.get(position)) is not None:
            merged.append(_lost(position, cell, [submission.cells[index] for index in candidates]))
        else:
            index = matching.chosen.get(position)
            merged.append(_known(position, cell, None if index is None else submission.cells[index]))
        merged.extend(_extras(submission, matching, position))
    return merged


def _extras(submission: NotebookNode, matching: Matching, position: int) -> list[MergedCell]:
    return [_extra(submission.cells[index]) for index in matching.added.get(position, ())]


def _lost(position: int, source_cell: NotebookNode, candidates: list[NotebookNode]) -> MergedCell:
    """Show whoever marks the answer what may be it."""
    cell = copy.deepcopy(source_cell)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    cell.source = "\n\n".join(candidate.source for candidate in candidates)
    if kind_of(source_cell):
        take_choice(cell, None)
    return MergedCell(cell, cell_meta(source_cell), Origin.LOST, position)


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
    if meta.role is CellRole.PLAIN and submitted is not None and submitted.source != source_cell.source:
        cell.source = submitted.source
        return MergedCell(cell, meta, Origin.LEARNER, position)
    return MergedCell(cell, meta, Origin.SOURCE, position)


def _extra(cell: NotebookNode) -> MergedCell:
    kept = copy.deepcopy(cell)
    kept.metadata.pop("nbgrader", None)
    if kept.cell_type == "code":
        kept.outputs, kept.execution_count = [], None
    return MergedCell(kept, CellMeta(), Origin.LEARNER, None)
