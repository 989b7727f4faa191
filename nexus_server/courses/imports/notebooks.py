"""Notebooks from elsewhere as labs, whatever tool their questions are written for."""

from dataclasses import replace

from nbformat import NotebookNode

from nexus_server.courses.imports.companions import Bundle, companions, files_beside
from nexus_server.courses.imports.errors import NothingToImportError
from nexus_server.courses.imports.exercises import import_exercises, is_exercise_notebook
from nexus_server.courses.imports.otter.labs import import_otter, is_otter
from nexus_server.courses.imports.report import ImportedStep, PartOutcome, PartReport
from nexus_server.courses.imports.titles import title_of
from nexus_server.notebook_format.kernel_choice import code_of, kernel_by_imports
from nexus_server.notebook_format.metadata import CellRole, cell_meta
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.slimming import notebook_bytes
from nexus_server.notebook_format.validation import require_valid


def import_notebooks(bundle: Bundle) -> list[ImportedStep]:
    """Make a lab of each notebook of a bundle.

    Raises:
        NexusError: see `import_notebook`.
    """
    paths = [path for path in sorted(bundle) if path.lower().endswith(".ipynb")]
    return [replace(import_notebook(bundle, path), sources=(path,)) for path in paths]


def import_notebook(bundle: Bundle, path: str) -> ImportedStep:
    """Make a lab of a notebook.

    Raises:
        NotANotebookError, NotebookTooLargeError, UnreadableImportError
        NothingToImportError: it has no question in a format that is known.
        InvalidSourceError: its questions cannot be graded.
    """
    notebook = parse_notebook(bundle[path])
    if is_otter(notebook):
        return import_otter(bundle, path)
    if any(cell_meta(cell).role is not CellRole.PLAIN for cell in notebook.cells):
        return _graded(notebook, bundle, path)
    if is_exercise_notebook(notebook):
        return import_exercises(notebook, bundle, path)
    raise NothingToImportError(f"{path}: it has no question of nbgrader's or Otter's, and no exercise with a solution.")


def _graded(notebook: NotebookNode, bundle: Bundle, path: str) -> ImportedStep:
    """Take a notebook of nbgrader's over: its format is the product's own."""
    require_valid(notebook, called=path)
    reports = [
        PartReport(f"cell {number}", PartOutcome.KEPT, f"kept as it is: {cell_meta(cell).role}")
        for number, cell in enumerate(notebook.cells, 1)
    ]
    files, more = companions(notebook, files_beside(bundle, path))
    kernel = kernel_by_imports([code_of(notebook)])
    title = title_of(notebook, path)
    return ImportedStep("lab", title, notebook_bytes(notebook), (*reports, *more), files, kernel)
