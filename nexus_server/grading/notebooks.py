"""Reading notebooks that strangers send: one clear error for whatever is wrong with them."""

import json
from pathlib import Path
from typing import Any, cast

import nbformat
from nbformat import NotebookNode
from nbformat.validator import NotebookValidationError

from nexus_server.grading.errors import NotANotebookError, NotebookTooLargeError
from nexus_server.nesting import is_deeper

#: more than any honest lab; pictures in outputs included
MAX_NOTEBOOK_BYTES = 20 * 1024 * 1024
#: for files on one's own disk: outputs that nobody cleared may be long, and nbgrader grades those notebooks, too
MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_CELLS = 2000
#: Python's own parser of JSON recurses; deeper than this is nobody's notebook
MAX_DEPTH = 200


def parse_notebook(data: bytes | str, *, max_bytes: int = MAX_NOTEBOOK_BYTES) -> NotebookNode:
    """Parse nbformat JSON of version 3 or 4 and bring it to version 4.

    Raises:
        NotANotebookError: not JSON, not a notebook, or a notebook with broken cells; the message says which.
        NotebookTooLargeError: over `max_bytes`, or over `MAX_CELLS` cells.
    """
    if len(data) > max_bytes:
        raise NotebookTooLargeError(f"This notebook is over {max_bytes // (1024 * 1024)} MB.", max_bytes=max_bytes)
    content = _json_object(data)
    notebook = _convert(content)
    if len(notebook.cells) > MAX_CELLS:
        raise NotebookTooLargeError(f"This notebook has over {MAX_CELLS} cells.", max_cells=MAX_CELLS)
    return notebook


def read_notebook(path: Path) -> NotebookNode:
    """Parse a notebook file; see `parse_notebook`.

    Raises:
        NotANotebookError: also when the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise NotANotebookError(f"{path}: {exc.strerror or exc}.") from exc
    try:
        return parse_notebook(data, max_bytes=MAX_FILE_BYTES)
    except NotANotebookError as exc:
        raise NotANotebookError(f"{path}: {exc.message}") from exc


def _json_object(data: bytes | str) -> dict[str, Any]:
    try:
        content = json.loads(data)
    except UnicodeDecodeError as exc:
        raise NotANotebookError("Not a notebook: it is not text in UTF-8.") from exc
    except json.JSONDecodeError as exc:
        raise NotANotebookError(f"Not a notebook: the JSON is broken at line {exc.lineno} ({exc.msg}).") from exc
    except RecursionError as exc:
        raise NotANotebookError("Not a notebook: the JSON is nested too deeply.") from exc
    if not isinstance(content, dict):
        raise NotANotebookError("Not a notebook: the JSON is not an object.")
    if is_deeper(content, MAX_DEPTH):
        raise NotANotebookError("Not a notebook: the JSON is nested too deeply.")
    return content


def _convert(content: dict[str, Any]) -> NotebookNode:
    version = content.get("nbformat")
    if not isinstance(version, int) or isinstance(version, bool):
        raise NotANotebookError("Not a notebook: the key 'nbformat' is missing.")
    if version not in (3, 4):
        raise NotANotebookError(f"Notebooks of format {version} are not supported; save it as format 4.")
    try:
        notebook = nbformat.convert(nbformat.from_dict(content), 4)
        _join_lines(notebook)
        _give_missing_ids(notebook)
        # Output cells are not ours to judge: a strange output must not cost a learner the grade.
        nbformat.validate(_without_outputs(notebook))
    except NotebookValidationError as exc:
        where = "/".join(str(part) for part in exc.path) or "the notebook"
        raise NotANotebookError(f"Not a valid notebook: {where}: {str(exc.message)[:200]}.") from exc
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise NotANotebookError(f"Not a valid notebook: {type(exc).__name__} while reading its cells.") from exc
    return cast("NotebookNode", notebook)


def _join_lines(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if isinstance(cell.source, list):
            cell.source = "".join(cell.source)


def _give_missing_ids(notebook: NotebookNode) -> None:
    """Format 4.5 asks for cell ids that are there and unique; the grader needs neither, so it repairs both."""
    notebook.nbformat_minor = max(5, notebook.get("nbformat_minor", 5))
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        if not isinstance(cell.get("id"), str) or cell.id in seen:
            cell.id = f"repaired-{number}"
        seen.add(cell.id)


def _without_outputs(notebook: NotebookNode) -> NotebookNode:
    shape = nbformat.from_dict({**notebook, "cells": []})
    for cell in notebook.cells:
        bare = NotebookNode({key: value for key, value in cell.items() if key != "attachments"})
        if "outputs" in bare:
            bare.outputs = []
        shape.cells.append(bare)
    return cast("NotebookNode", shape)
