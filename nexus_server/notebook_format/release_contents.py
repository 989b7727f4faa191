"""The allow-list: what a student version may hold. Whatever is not listed here stays with the instructor. Pure.

`release` takes out what `find_excess` names, and `nexus content check` compares every lab's release with it once more.
The list is of three things: keys of metadata (with the form of their values), kinds of cells, and attachments.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from nbformat import NotebookNode

#: cells with this tag are for staff: the release has none of them
STAFF_TAG = "remove-for-students"
CELL_KINDS = frozenset({"code", "markdown"})

_Form = Callable[[Any], bool]
_Allowed = Mapping[str, "_Form | _Allowed"]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_scalars(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_scalar(item) for item in value.values())


def _is_mode(value: Any) -> bool:
    return _is_text(value) or _are_scalars(value)


NOTEBOOK_METADATA: _Allowed = {
    "kernelspec": {"name": _is_text, "display_name": _is_text, "language": _is_text},
    "language_info": {
        "name": _is_text,
        "version": _is_text,
        "mimetype": _is_text,
        "file_extension": _is_text,
        "pygments_lexer": _is_text,
        "nbconvert_exporter": _is_text,
        "codemirror_mode": _is_mode,
    },
    "nexus": {"node_id": _is_text},
}
CELL_METADATA: _Allowed = {
    "nbgrader": {
        "schema_version": _is_number,
        "grade": _is_flag,
        "locked": _is_flag,
        "solution": _is_flag,
        "task": _is_flag,
        "grade_id": _is_text,
        "points": _is_number,
        "checksum": _is_text,
        "cell_type": _is_text,
    },
    "extended_cell": {"type": _is_text, "options": _are_scalars},
    "nexus": {"concepts": _are_texts},
    "tags": _are_texts,
    "editable": _is_flag,
    "deletable": _is_flag,
}
_NOTEBOOK_KEYS = frozenset({"cells", "metadata", "nbformat", "nbformat_minor"})
_CELL_KEYS = frozenset({"id", "cell_type", "source", "metadata"})
_ENDS_NAME = r"(?=[)\s\"'>\]}]|$)"


@dataclass(frozen=True, slots=True)
class Excess:
    """One thing that a release may not hold. `cell` counts from 0; None where the notebook itself holds it."""

    cell: int | None
    #: the key's path inside the cell or the notebook, as in ``metadata.nexus.hints``; empty for the whole cell
    path: tuple[str, ...]
    message: str


def find_excess(notebook: NotebookNode) -> list[Excess]:
    """Return all that a notebook holds beside what a release may; cells come in order, the notebook's keys last."""
    found = [excess for index, cell in enumerate(notebook.cells) for excess in _in_cell(index, cell)]
    return [*found, *_in_notebook(notebook)]


def remove_excess(notebook: NotebookNode) -> None:
    """Take out, in place, whatever a release may not hold."""
    found = find_excess(notebook)
    dropped = {excess.cell for excess in found if excess.cell is not None and not excess.path}
    for excess in found:
        holder = notebook if excess.cell is None else notebook.cells[excess.cell]
        _remove(holder, excess.path)
    notebook.cells = [cell for index, cell in enumerate(notebook.cells) if index not in dropped]


def is_for_staff(cell: NotebookNode) -> bool:
    """Whether a cell's tags keep it from learners."""
    tags = cell.metadata.get("tags")
    return isinstance(tags, list) and STAFF_TAG in tags


def _in_cell(index: int, cell: NotebookNode) -> Iterator[Excess]:
    if cell.cell_type not in CELL_KINDS:
        yield Excess(index, (), f"cells of the kind {cell.cell_type!r} are not for learners")
        return
    if is_for_staff(cell):
        yield Excess(index, (), f"a cell with the tag {STAFF_TAG!r} is for staff")
        return
    for key in sorted(cell.keys() - _CELL_KEYS - {"outputs", "execution_count", "attachments"}):
        yield Excess(index, (key,), f"{key} is not for learners")
    yield from _run_results(index, cell)
    yield from _attachments(index, cell)
    for path in _not_allowed(cell.metadata, CELL_METADATA, ("metadata",)):
        yield Excess(index, path, f"{'.'.join(path)} is not for learners")


def _run_results(index: int, cell: NotebookNode) -> Iterator[Excess]:
    """Find what running the source has left; an empty list and no count are what the format asks of a code cell."""
    for key in ("outputs", "execution_count"):
        if key in cell and (cell[key] or cell.cell_type != "code"):
            yield Excess(index, (key,), f"{key} of a run of the source are not for learners")


def _attachments(index: int, cell: NotebookNode) -> Iterator[Excess]:
    attachments = cell.get("attachments")
    if attachments is None:
        return
    if not isinstance(attachments, dict) or cell.cell_type != "markdown":
        yield Excess(index, ("attachments",), "only text cells have attachments")
        return
    for name, bundle in attachments.items():
        if not _shows(cell.source, name):
            yield Excess(index, ("attachments", name), f"the text does not show the attachment {name!r}")
        elif not _is_picture(bundle):
            yield Excess(index, ("attachments", name), f"the attachment {name!r} is not a picture")


def _shows(text: str, name: str) -> bool:
    """Whether a text links to an attachment, by its name as it is or as URLs spell it."""
    names = "|".join(re.escape(spelling) for spelling in {name, quote(name), quote(name, safe="")})
    return re.search(f"attachment:(?:{names}){_ENDS_NAME}", text) is not None


def _is_picture(bundle: Any) -> bool:
    return isinstance(bundle, dict) and all(
        str(kind).startswith("image/") and (_is_text(data) or _are_texts(data)) for kind, data in bundle.items()
    )


def _in_notebook(notebook: NotebookNode) -> Iterator[Excess]:
    for key in sorted(notebook.keys() - _NOTEBOOK_KEYS):
        yield Excess(None, (key,), f"{key} is not for learners")
    for path in _not_allowed(notebook.metadata, NOTEBOOK_METADATA, ("metadata",)):
        yield Excess(None, path, f"{'.'.join(path)} is not for learners")


def _not_allowed(value: Mapping[str, Any], allowed: _Allowed, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key, item in value.items():
        form = allowed.get(key)
        if isinstance(form, Mapping):
            if isinstance(item, dict) and item:
                yield from _not_allowed(item, form, (*path, key))
            else:
                yield (*path, key)
        elif form is None or not form(item):
            yield (*path, key)


def _remove(holder: NotebookNode, path: tuple[str, ...]) -> None:
    """Remove a key; a mapping that holds nothing any more goes with it, but `metadata` is part of the format."""
    if not path:
        return
    key, rest = path[0], path[1:]
    if key in ("outputs", "execution_count") and holder.get("cell_type") == "code":
        holder[key] = [] if key == "outputs" else None
        return
    if rest:
        _remove(holder[key], rest)
    if not rest or (not holder[key] and key != "metadata"):
        del holder[key]
