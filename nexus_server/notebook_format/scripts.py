"""Notebooks written as scripts: Jupytext's `py:percent`, where a line of `# %%` begins a cell."""

import hashlib
import re
from pathlib import PurePath

import yaml
from nbformat import NotebookNode

from nexus_server.notebook_format.errors import NotANotebookError
from nexus_server.notebook_format.notebooks import clean_notebook
from nexus_server.phrases import gettext_noop

SUFFIX = ".py"
_CELL = re.compile(r"^# ?%%", re.MULTILINE)
_NO_CELLS = gettext_noop(
    "Not a notebook: this script is not divided into cells. Export it as a notebook, a file .ipynb."
)
_KERNEL = {"name": "nexus-python", "display_name": "Python 3 (NexusAI)", "language": "python"}


def is_script(path: PurePath) -> bool:
    """Whether a file is a notebook written as a script, by its name."""
    return path.suffix.lower() == SUFFIX


def has_cells(text: str) -> bool:
    """Whether a script is divided into cells, as a module beside a notebook is not."""
    return _CELL.search(text) is not None


def _lasting_id(cell: NotebookNode) -> str:
    """Return an id that comes from the cell alone; Jupytext's are random, and a number changes with a cell above."""
    nbgrader = cell.metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    digest = hashlib.sha256(f"{cell.cell_type} {cell.source}".encode(errors="replace")).hexdigest()
    return str(grade_id or f"cell-{digest[:12]}")[:64]


def parse_script(text: str) -> NotebookNode:
    """Return a script's notebook in format 4.5; the same text always gives the same notebook.

    Raises:
        NotANotebookError: it is no script in Jupytext's format; the message says what to do.
    """
    if text.strip() and not has_cells(text):
        # Taken for one cell it would be nobody's answer, and earn nothing without a word.
        raise NotANotebookError(_NO_CELLS)
    import jupytext  # noqa: PLC0415  it brings Jupyter Server's handlers along, and few courses have scripts

    try:
        notebook: NotebookNode = jupytext.reads(text.removeprefix("\ufeff"), fmt="py:percent")
        notebook.metadata.pop("jupytext", None)
        notebook.metadata.setdefault("kernelspec", _KERNEL)
        for cell in notebook.cells:
            cell.id = _lasting_id(cell)
    except (AttributeError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise NotANotebookError(f"Not a Jupytext script: {str(error).splitlines()[0]}.") from None
    return clean_notebook(notebook)
