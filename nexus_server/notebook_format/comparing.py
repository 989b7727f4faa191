"""What differs between two notebooks, cell by cell. Outputs do not count. Pure."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Literal

from nbformat import NotebookNode
from pydantic import BaseModel

from nexus_server.notebook_format.choices import KEY as CHOICE


class CellDifference(BaseModel):
    """A cell in both versions. `before` or `after` is null where it is in the other one only."""

    kind: Literal["same", "added", "removed", "changed"]
    cell_type: str
    before: str | None
    after: str | None
    #: keys of the cell's metadata that differ, such as ``nbgrader.points``
    metadata: list[str]


def work_digest(notebook: NotebookNode) -> str:
    """Return the SHA-256 of what a person wrote: texts and choices, not what running cells leaves in a notebook."""
    work = json.dumps([_work_of(cell) for cell in notebook.cells], sort_keys=True)
    return sha256(work.encode()).hexdigest()


def _work_of(cell: NotebookNode) -> list[Any]:
    return [cell.cell_type, cell.source, cell.get("attachments") or {}, cell.metadata.get(CHOICE)]


def cell_differences(before: NotebookNode, after: NotebookNode) -> Iterator[CellDifference]:
    """Yield the cells of both notebooks in order, matched by nbdime."""
    from nbdime import patch  # noqa: PLC0415  the server itself never compares
    from nbdime.diffing.notebooks import diff_notebooks  # noqa: PLC0415

    old, place = before.cells, 0
    for entry in _cell_entries(diff_notebooks(before, after)):
        yield from (_pair(cell, cell) for cell in old[place : entry["key"]])
        place = entry["key"]
        if entry["op"] == "addrange":
            yield from (_pair(None, cell) for cell in entry["valuelist"])
        elif entry["op"] == "removerange":
            yield from (_pair(cell, None) for cell in old[place : place + entry["length"]])
            place += entry["length"]
        else:
            yield _pair(old[place], patch(old[place], entry["diff"]))
            place += 1
    yield from (_pair(cell, cell) for cell in old[place:])


def _cell_entries(difference: Any) -> list[Any]:
    return [entry for change in difference if change["key"] == "cells" for entry in change["diff"]]


def _pair(before: NotebookNode | None, after: NotebookNode | None) -> CellDifference:
    either = after if after is not None else before
    assert either is not None  # noqa: S101  one of them is given
    metadata: list[str] = []
    kind: Literal["same", "added", "removed", "changed"] = "removed"
    if before is None:
        kind = "added"
    elif after is not None:
        metadata = sorted(_different_keys(before.metadata, after.metadata))
        kind = "changed" if metadata or before.source != after.source else "same"
    return CellDifference(
        kind=kind,
        cell_type=either.cell_type,
        before=None if before is None else before.source,
        after=None if after is None else after.source,
        metadata=metadata,
    )


def _different_keys(before: Any, after: Any, prefix: str = "") -> Iterator[str]:
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _different_keys(old, new, f"{prefix}{key}.")
        elif json.dumps(old, sort_keys=True) != json.dumps(new, sort_keys=True):
            yield f"{prefix}{key}"
