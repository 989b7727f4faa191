"""What differs between two versions of a roadmap's files: notebooks cell by cell, texts as they are.

The comparing is a task of `offload/`: notebooks are an author's own, and may be of any size and shape.
"""

import json
from collections.abc import Iterator
from typing import Any, Literal

from nbformat import NotebookNode
from pydantic import BaseModel

from nexus_server.authoring.trees import ChangeKind, Tree, changes
from nexus_server.errors import NexusError
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.offload.pool import Offload

#: files that one comparison shows with their content; the others are named
MAX_SHOWN = 60
#: characters of a text that are shown
MAX_TEXT_CHARS = 200_000


class CellDifference(BaseModel):
    """A cell in both versions. `before` or `after` is null where it is in the other one only."""

    kind: Literal["same", "added", "removed", "changed"]
    cell_type: str
    before: str | None
    after: str | None
    #: keys of the cell's metadata that differ, such as ``nbgrader.points``
    metadata: list[str]


class FileDifference(BaseModel):
    """A file that differs. A notebook has `cells`; a text has `before` and `after`; other files have neither."""

    path: str
    kind: ChangeKind
    cells: list[CellDifference] | None = None
    before: str | None = None
    after: str | None = None


async def differences(offload: Offload, key: str, before: Tree, after: Tree) -> list[FileDifference]:
    """Return every file that differs, by path; `key` names who pays for the comparing.

    Raises:
        ComputingSpentError, TooManyTasksError
    """
    found = []
    for number, (path, kind) in enumerate(changes(before, after).items()):
        difference = FileDifference(path=path, kind=kind)
        if number < MAX_SHOWN:
            difference = await _shown(offload, key, difference, before.get(path), after.get(path))
        found.append(difference)
    return found


async def _shown(
    offload: Offload, key: str, difference: FileDifference, before: bytes | None, after: bytes | None
) -> FileDifference:
    if difference.path.endswith(".ipynb") and before is not None and after is not None:
        try:
            found, _ = await offload.run(key, compare_notebooks, before + after, size=len(before))
            cells = [CellDifference.model_validate(each) for each in found]
            return difference.model_copy(update={"cells": cells})
        except NexusError:  # it is no notebook, or too large to be compared: its text may still be shown
            pass
    texts = {"before": _text(before), "after": _text(after)}
    return difference.model_copy(update=texts)


def _text(data: bytes | None) -> str | None:
    if data is None or b"\0" in data[:8000]:
        return None
    try:
        return data.decode("utf-8-sig")[:MAX_TEXT_CHARS]
    except UnicodeDecodeError:
        return None


def compare_notebooks(body: bytes, *, size: int) -> tuple[list[dict[str, Any]], bytes]:
    """Compare two notebooks, of which the first has the first `size` bytes of `body`.

    Raises:
        NotANotebookError
    """
    found = cell_differences(parse_notebook(body[:size]), parse_notebook(body[size:]))
    return [each.model_dump() for each in found], b""


def cell_differences(before: NotebookNode, after: NotebookNode) -> Iterator[CellDifference]:
    """Yield the cells of both notebooks in order, matched by nbdime. Outputs do not count."""
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
