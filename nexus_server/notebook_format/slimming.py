"""Notebooks that have to fit: outputs give way, the largest first, and what people wrote never does. Pure."""

import json
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode, v4

from nexus_server.notebook_format.errors import NotebookTooLargeError
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.phrases import gettext_noop, phrase

MIB = 1024 * 1024
#: bytes of a notebook's JSON that a note in an output's place may take
NOTE_BYTES = 400
NOTE = (
    "This output of {megabytes:.1f} MB was left out of the file, because the notebook is over {limit} MB. "
    "Show less of it, and run the cell again.\n"
)
TOO_LARGE = gettext_noop(
    "Without its outputs this notebook is still over {limit} MB. "
    "Pictures in text cells count: keep large ones in files of their own."
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A notebook's bytes, and the numbers (from 1) of the cells whose outputs are not in them."""

    data: bytes
    cells: tuple[int, ...] = ()


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """Return a clean notebook as it is written to a file."""
    text: str = v4.writes(notebook)
    return text.encode()


def fit(notebook: NotebookNode, max_bytes: int) -> Fitted:
    """Leave outputs out of a clean notebook, in place, until it has at most `max_bytes`; a note says so in their stead.

    Raises:
        NotebookTooLargeError: it has more without any output.
    """
    data, dropped = notebook_bytes(notebook), list[int]()
    sizes = {number: _size(cell) for number, cell in enumerate(notebook.cells, 1)}
    largest = sorted((number for number in sizes if sizes[number] > NOTE_BYTES), key=sizes.__getitem__, reverse=True)
    while len(data) > max_bytes:
        excess = len(data) - max_bytes
        if not largest:
            raise NotebookTooLargeError(phrase(TOO_LARGE, limit=max_bytes // MIB), max_bytes=max_bytes)
        while largest and excess > 0:
            number = largest.pop(0)
            notebook.cells[number - 1].outputs = [_note(sizes[number], max_bytes)]
            excess -= sizes[number] - NOTE_BYTES
            dropped.append(number)
        data = notebook_bytes(notebook)
    return Fitted(data, tuple(sorted(dropped)))


def told(fitted: Fitted, max_bytes: int) -> str | None:
    """Say for a person which outputs were left out."""
    if not fitted.cells:
        return None
    which = ", ".join(map(str, fitted.cells))
    cells = f"cell {which}" if len(fitted.cells) == 1 else f"cells {which}"
    return f"Saved without the outputs of {cells}: with them the notebook is over {max_bytes // MIB} MB."


def acceptable(data: bytes, max_bytes: int) -> bytes:
    """Return a notebook as it was sent, or without outputs where it has more than `max_bytes`.

    Raises:
        NotANotebookError: it is none.
        NotebookTooLargeError: it has more without outputs.
    """
    notebook = parse_notebook(data)
    if len(data) <= max_bytes:
        return data
    bare = notebook_bytes(notebook)
    if len(bare) > max_bytes:
        raise NotebookTooLargeError(phrase(TOO_LARGE, limit=max_bytes // MIB), max_bytes=max_bytes)
    return bare


def _size(cell: NotebookNode) -> int:
    outputs: list[Any] = cell.get("outputs", [])
    return len(json.dumps(outputs)) if outputs else 0


def _note(size: int, max_bytes: int) -> NotebookNode:
    text = NOTE.format(megabytes=size / MIB, limit=max_bytes // MIB)
    return NotebookNode(output_type="stream", name="stderr", text=text)
