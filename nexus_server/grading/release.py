"""The student version of an instructor's notebook: what `nbgrader generate_assignment` makes, without a database."""

import copy

from nbformat import NotebookNode

from nexus_server.grading.choices import kind_of, release_choice
from nexus_server.grading.format import Role, cell_meta, checksum, is_locked, upgrade
from nexus_server.grading.markers import TEXT_STUB, Region, code_stub, spans, without
from nexus_server.grading.validation import require_valid


def release(source: NotebookNode) -> NotebookNode:
    """Make the student version: stubs for solutions, no hidden tests, mark schemes or outputs, and checksums.

    The source is left alone. Cell ids are kept, so that an answer is found again even where metadata got lost.

    Raises:
        InvalidSourceError: see `validation.validate_source`.
    """
    released = copy.deepcopy(source)
    upgrade(released)
    require_valid(released)
    released.metadata.pop("celltoolbar", None)
    language = notebook_language(released)
    for cell in released.cells:
        _release_cell(cell, language)
    return released


def notebook_language(notebook: NotebookNode) -> str:
    """Return the kernel's language in lower case; Python where the notebook does not say."""
    spec, info = notebook.metadata.get("kernelspec", {}), notebook.metadata.get("language_info", {})
    return str(spec.get("language") or info.get("name") or "python").lower()


def _release_cell(cell: NotebookNode, language: str) -> None:
    meta = cell_meta(cell)
    if kind_of(cell):
        release_choice(cell)
    elif meta.solution:
        cell.source = _stubbed(cell, language)
    if meta.grade:
        cell.source = without(cell.source, Region.HIDDEN_TESTS)
    if meta.role in (Role.TASK, Role.MANUAL):
        cell.source = without(cell.source, Region.MARK_SCHEME)
    if cell.cell_type == "code":
        cell.outputs = []
        cell.execution_count = None
    cell.metadata.pop("execution", None)
    if meta.role is Role.PLAIN:
        return
    _lock(cell)
    cell.metadata.nbgrader["checksum"] = checksum(cell)
    cell.metadata.nbgrader["cell_type"] = cell.cell_type


def _stubbed(cell: NotebookNode, language: str) -> str:
    """Replace the marked solution; a solution cell without marks is an answer from its first line to its last."""
    stub = code_stub(language) if cell.cell_type == "code" else TEXT_STUB
    if spans(cell.source, Region.SOLUTION):
        return without(cell.source, Region.SOLUTION, stub)
    return stub


def _lock(cell: NotebookNode) -> None:
    cell.metadata["deletable"] = False
    if is_locked(cell_meta(cell)):
        cell.metadata["editable"] = False
