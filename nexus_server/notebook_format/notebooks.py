"""Reading notebooks that strangers send: a clean notebook of format 4.5, or one clear error that says what to do.

Every program writes its own kind of notebook. Only the types, texts and metadata of cells decide anything here, so
whatever else is odd about one is repaired, and nothing that comes out needs to be validated again.
"""

from collections.abc import Mapping
from typing import Any, cast

import nbformat
from nbformat import NotebookNode

from nexus_server.notebook_format.cell_metadata import notebook_metadata
from nexus_server.notebook_format.cells import Keep, clean_cells
from nexus_server.notebook_format.errors import NotANotebookError, NotebookTooLargeError
from nexus_server.notebook_format.json_text import read_json
from nexus_server.phrases import phrase

#: of a notebook that is read from a database or a request, outputs included
MAX_NOTEBOOK_BYTES = 64 * 1024 * 1024
MAX_CELLS = 2000
MINOR = 5
CLEAR_OUTPUTS = "Clear its outputs (Edit, Clear Outputs of All Cells), save it and try again."


def parse_notebook(
    data: bytes | str, *, max_bytes: int = MAX_NOTEBOOK_BYTES, keep_outputs: bool = False
) -> NotebookNode:
    """Parse nbformat JSON of version 3 or 4 and bring it to version 4.5; outputs are left out unless asked for.

    Raises:
        NotANotebookError: not JSON, or not a notebook; the message says why.
        NotebookTooLargeError: over `max_bytes`, or over `MAX_CELLS` cells.
    """
    if len(data) > max_bytes:
        text = f"This notebook is over {max_bytes // (1024 * 1024)} MB. {CLEAR_OUTPUTS}"
        raise NotebookTooLargeError(text, max_bytes=max_bytes)
    return clean_notebook(read_json(data), keep_outputs=keep_outputs)


def clean_notebook(
    content: Mapping[str, Any], *, keep_outputs: bool = False, keep_minor: bool = False, max_cells: int = MAX_CELLS
) -> NotebookNode:
    """Bring a notebook's parsed JSON, version 3 or 4, to version 4.5.

    `keep_minor` leaves a notebook of an older version 4 what it is, without ids.

    Raises:
        NotANotebookError: it is no notebook; the message says why.
        NotebookTooLargeError: over `max_cells` cells.
    """
    _require_version(content)
    minor = _minor(content) if keep_minor else MINOR
    cells = clean_cells(content, Keep(outputs=keep_outputs, ids=minor >= MINOR))
    if len(cells) > max_cells:
        text = f"This notebook has over {max_cells} cells. Split it, or delete cells that are not needed."
        raise NotebookTooLargeError(text, max_cells=max_cells)
    metadata = notebook_metadata(content.get("metadata"))
    clean = {"nbformat": 4, "nbformat_minor": minor, "metadata": metadata, "cells": cells}
    return cast("NotebookNode", nbformat.from_dict(clean))


def _require_version(content: Mapping[str, Any]) -> None:
    """Refuse what is neither version 3 nor 4, and what does not say, unless its cells do."""
    version = _number(content.get("nbformat"))
    if version is None:
        if not isinstance(content.get("cells", content.get("worksheets")), list):
            raise NotANotebookError("Not a notebook: the keys 'nbformat' and 'cells' are missing.")
    elif version not in (3, 4):
        raise NotANotebookError(
            phrase("Notebooks of format {version} are not supported; save it as format 4.", version=version)
        )


def _number(raw: Any) -> int | None:
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < len("1000"):
        return int(raw)
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _minor(content: Mapping[str, Any]) -> int:
    """Return the minor version of a version 4; what is converted, or says nothing, gets the current one."""
    minor = _number(content.get("nbformat_minor"))
    if _number(content.get("nbformat")) != 4 or minor is None:  # noqa: PLR2004  the version that is kept
        return MINOR
    return min(max(minor, 0), MINOR)
