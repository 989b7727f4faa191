"""What is done to former versions beside the event loop; each function is a task of `offload/`.

A version is a notebook without outputs, compressed.
"""

import zlib
from typing import Any

from nbformat import NotebookNode, v4

from nexus_server.notebook_format.comparing import CellDifference, cell_differences, work_digest
from nexus_server.notebook_format.json_text import read_json
from nexus_server.notebook_format.notebooks import clean_notebook
from nexus_server.notebook_format.slimming import notebook_bytes

#: cells of a notebook: as many as can be saved
MAX_CELLS = 10_000
#: cells that a comparison shows
MAX_SHOWN = 200
#: characters of a cell's text that a comparison shows
MAX_TEXT_CHARS = 20_000


def outline(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the digest of a notebook's work with the number of its cells, and the notebook as a version.

    Raises:
        NotANotebookError, NotebookTooLargeError
    """
    notebook = _parse(data)
    return {"work": work_digest(notebook), "cells": len(notebook.cells)}, zlib.compress(notebook_bytes(notebook))


def compare(body: bytes, *, size: int) -> tuple[dict[str, Any], bytes]:
    """Compare a version, which has the first `size` bytes of `body`, with the notebook as it is: the rest, if any.

    Raises:
        NotANotebookError, NotebookTooLargeError
    """
    version, present = _unpack(body[:size]), _parse(body[size:]) if body[size:] else v4.new_notebook()
    numbered = enumerate(cell_differences(present, version), 1)
    differing = [_shown(number, cell) for number, cell in numbered if cell.kind != "same"]
    return {"differing": len(differing), "cells": differing[:MAX_SHOWN]}, b""


def restored(body: bytes, *, size: int) -> tuple[None, bytes]:
    """Return a version as a notebook's file; cells that are in the present one, too, have their outputs from there.

    Raises:
        NotANotebookError, NotebookTooLargeError
    """
    notebook = _unpack(body[:size])
    if body[size:]:
        present = {_key(cell): cell for cell in _code(_parse(body[size:], keep_outputs=True))}
        for cell in _code(notebook):
            if (same := present.get(_key(cell))) is not None:
                cell.outputs, cell.execution_count = same.outputs, same.execution_count
    return None, notebook_bytes(notebook)


def _parse(data: bytes, *, keep_outputs: bool = False) -> NotebookNode:
    return clean_notebook(read_json(data), keep_outputs=keep_outputs, keep_minor=True, max_cells=MAX_CELLS)


def _unpack(version: bytes) -> NotebookNode:
    return _parse(zlib.decompress(version))


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _key(cell: NotebookNode) -> tuple[str | None, str]:
    return cell.get("id"), cell.source


def _shown(number: int, cell: CellDifference) -> dict[str, Any]:
    texts = {"before": _cut(cell.before), "after": _cut(cell.after)}
    return {"number": number, **cell.model_dump(), **texts}


def _cut(text: str | None) -> str | None:
    return None if text is None else text[:MAX_TEXT_CHARS]
