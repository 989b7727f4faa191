"""The student version of an instructor's notebook: what `nbgrader generate_assignment` makes, without a database."""

import copy
from dataclasses import dataclass

from nbformat import NotebookNode

from nexus_server.notebook_format.choices import kind_of, release_choice
from nexus_server.notebook_format.course_config import noted_stub
from nexus_server.notebook_format.foreign_markers import without_foreign_regions
from nexus_server.notebook_format.languages import notebook_language
from nexus_server.notebook_format.markers import TEXT_STUB, Region, code_stub, spans, without
from nexus_server.notebook_format.metadata import CellRole, cell_meta, checksum, is_locked, upgrade
from nexus_server.notebook_format.release_contents import is_for_staff, remove_excess
from nexus_server.notebook_format.validation import require_valid


def release(source: NotebookNode) -> NotebookNode:
    """Make the student version: stubs for solutions, no hidden tests or mark schemes, and checksums.

    Of everything else it keeps what `release_contents` lists. The source is left alone. Cell ids are kept, so that an
    answer is found again even where metadata got lost.

    Raises:
        InvalidSourceError: see `validation.validate_source`.
    """
    released = copy.deepcopy(source)
    upgrade(released)
    require_valid(released)
    language = notebook_language(released)
    stubs = _Stubs(noted_stub(released, "code") or code_stub(language), noted_stub(released, "text") or TEXT_STUB)
    for cell in released.cells:
        _release_cell(cell, language, stubs)
    remove_excess(released)
    return released


def for_grading(source: NotebookNode) -> NotebookNode:
    """Return a copy of a source without what no grading may run: staff's plain cells, and answers in other plain cells.

    Where a learner removes a plain cell, the source's runs; an answer in it would be a present.
    """
    graded = copy.deepcopy(source)
    upgrade(graded)
    graded.cells = [
        cell for cell in graded.cells if not (is_for_staff(cell) and cell_meta(cell).role is CellRole.PLAIN)
    ]
    language = notebook_language(graded)
    for cell in graded.cells:
        if cell_meta(cell).role is CellRole.PLAIN:
            cell.source = _without_foreign(cell, language)
    return graded


@dataclass(frozen=True, slots=True)
class _Stubs:
    """What takes the place of answers."""

    code: str
    text: str


def _release_cell(cell: NotebookNode, language: str, stubs: _Stubs) -> None:
    meta = cell_meta(cell)
    if kind_of(cell):
        release_choice(cell)
    elif meta.solution:
        cell.source = _stubbed(cell, stubs)
    if meta.grade:
        cell.source = without(cell.source, Region.HIDDEN_TESTS)
    if meta.role in (CellRole.TASK, CellRole.MANUAL):
        cell.source = without(cell.source, Region.MARK_SCHEME)
    cell.source = _without_foreign(cell, language)
    if meta.role is CellRole.PLAIN:
        return
    _lock(cell)
    cell.metadata.nbgrader["checksum"] = checksum(cell)
    cell.metadata.nbgrader["cell_type"] = cell.cell_type


def _stubbed(cell: NotebookNode, stubs: _Stubs) -> str:
    """Replace the marked solution; a solution cell without marks is an answer from its first line to its last."""
    stub = stubs.code if cell.cell_type == "code" else stubs.text
    if spans(cell.source, Region.SOLUTION):
        return without(cell.source, Region.SOLUTION, stub)
    return stub


def _without_foreign(cell: NotebookNode, language: str) -> str:
    return without_foreign_regions(cell.source, language=language if cell.cell_type == "code" else None)


def _lock(cell: NotebookNode) -> None:
    cell.metadata["deletable"] = False
    if is_locked(cell_meta(cell)):
        cell.metadata["editable"] = False
