"""Notebooks written as scripts: Jupytext's `py:percent`, where a line of `# %%` begins a cell."""

import re
from pathlib import PurePath

import yaml
from nbformat import NotebookNode

from nexus_server.notebook_format.errors import NotANotebookError
from nexus_server.notebook_format.notebooks import clean_notebook

SUFFIX = ".py"
_CELL = re.compile(r"^# ?%%", re.MULTILINE)
_KERNEL = {"name": "nexus-python", "display_name": "Python 3 (NexusAI)", "language": "python"}


def is_script(path: PurePath) -> bool:
    """Whether a file is a notebook written as a script, by its name."""
    return path.suffix == SUFFIX


def has_cells(text: str) -> bool:
    """Whether a script is divided into cells, as a module beside a notebook is not."""
    return _CELL.search(text) is not None


def parse_script(text: str) -> NotebookNode:
    """Return a script's notebook in format 4.5; the same text always gives the same notebook.

    Raises:
        NotANotebookError: it is no script in Jupytext's format.
    """
    import jupytext  # noqa: PLC0415  it brings Jupyter Server's handlers along, and few courses have scripts

    try:
        notebook: NotebookNode = jupytext.reads(text.removeprefix("\ufeff"), fmt="py:percent")
        notebook.metadata.pop("jupytext", None)
        notebook.metadata.setdefault("kernelspec", _KERNEL)
        for number, cell in enumerate(notebook.cells, start=1):
            # Jupytext makes random ids; every reading would be a change.
            nbgrader = cell.metadata.get("nbgrader")
            grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
            cell.id = str(grade_id or f"cell-{number}")[:64]
    except (AttributeError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise NotANotebookError(f"Not a Jupytext script: {str(error).splitlines()[0]}.") from None
    return clean_notebook(notebook)
