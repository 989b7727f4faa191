"""What differs between two versions of a roadmap's files: notebooks cell by cell, texts as they are.

The comparing is a task of `offload/`: notebooks are an author's own, and may be of any size and shape.
"""

from typing import Any

from pydantic import BaseModel

from nexus_server.authoring.trees import ChangeKind, Tree, changes
from nexus_server.errors import NexusError
from nexus_server.notebook_format.comparing import CellDifference, cell_differences
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.offload.pool import Offload

#: files that one comparison shows with their content; the others are named
MAX_SHOWN = 60
#: characters of a text that are shown
MAX_TEXT_CHARS = 200_000


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
