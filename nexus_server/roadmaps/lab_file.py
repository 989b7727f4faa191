"""Labs: notebooks as ``.ipynb``, or as Jupytext ``py:percent`` scripts."""

from pathlib import PurePosixPath

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.reader import NotJSONError
from nbformat.validator import NotebookValidationError

from nexus_server.roadmaps.folder_reader import digest
from nexus_server.roadmaps.problem import ContentError, Problem
from nexus_server.roadmaps.source import LabSource


def make_lab(text: str, file: str, data_hashes: list[str]) -> LabSource:
    """Return the lab's notebooks; `data_hashes` are of the files that belong to it.

    Raises:
        ContentError: it is not a notebook.
    """
    source = parse_lab(text, file)
    return LabSource(source, None, digest([source, *data_hashes]))


def parse_lab(text: str, file: str) -> str:
    """Return the notebook as nbformat 4 JSON; the same text always gives the same JSON.

    Raises:
        ContentError: it is not a notebook.
    """
    try:
        notebook = _from_script(text) if PurePosixPath(file).suffix == ".py" else _from_json(text)
        nbformat.validate(notebook)
    except NotJSONError:
        raise ContentError([Problem(file, 1, "not a notebook: it is not JSON")]) from None
    except NotebookValidationError as error:
        where = ".".join(str(part) for part in error.path) or "the notebook"
        raise ContentError([Problem(file, 1, f"not a valid notebook: {where}: {error.message[:200]}")]) from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ContentError([Problem(file, 1, f"not a notebook: {error}")]) from None
    return str(nbformat.writes(notebook))


def _from_json(text: str) -> NotebookNode:
    notebook: NotebookNode = nbformat.reads(text, as_version=4)
    _give_stable_ids(notebook, only_missing=True)
    return notebook


def _from_script(text: str) -> NotebookNode:
    notebook: NotebookNode = jupytext.reads(text, fmt="py:percent")
    notebook.metadata.pop("jupytext", None)
    notebook.metadata.setdefault(
        "kernelspec", {"name": "nexus-python", "display_name": "Python 3 (NexusAI)", "language": "python"}
    )
    _give_stable_ids(notebook, only_missing=False)
    return notebook


def _give_stable_ids(notebook: NotebookNode, *, only_missing: bool) -> None:
    # Random ids would make every sync a change.
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        only_missing = False
    notebook.nbformat_minor = max(5, notebook.nbformat_minor)
    for number, cell in enumerate(notebook.cells, start=1):
        if only_missing and cell.get("id"):
            continue
        cell.id = str(cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell-{number}")[:64]
