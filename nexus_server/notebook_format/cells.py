"""Cells that any program wrote, as clean cells of format 4.5: only the type, the text and the metadata decide.

Fields that a cell's type does not have are left out, missing ones are added. Format 3's worksheets are read one after
the other.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nexus_server.characters import UNENCODABLE
from nexus_server.notebook_format.cell_metadata import cell_metadata
from nexus_server.notebook_format.errors import NotANotebookError
from nexus_server.notebook_format.outputs import clean_outputs, execution_count, mime_bundle
from nexus_server.phrases import phrase

#: begins the ids that we make up; such an id says nothing about which cell it is
MADE_UP = "repaired-"
MAX_HEADING = 6
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_LINE_END = re.compile(r"\r\n?")
#: what only code cells have, in either format
_CODE_FIELDS = frozenset({"outputs", "execution_count", "prompt_number", "input"})
#: types of other formats and programs whose text is for people
_TEXT_TYPES = ("markdown", "heading", "html", "text")


@dataclass(frozen=True, slots=True)
class Keep:
    """What of a notebook's cells is kept beside type, text and metadata."""

    outputs: bool = False
    #: formats before 4.5 have no ids
    ids: bool = True


def clean_cells(content: Mapping[str, Any], keep: Keep) -> list[dict[str, Any]]:
    """Return a notebook's cells.

    Raises:
        NotANotebookError: there are none, or one is no cell; the message says which.
    """
    cells = [_clean(number, raw, keep) for number, raw in enumerate(_raw_cells(content), 1)]
    if keep.ids:
        _give_missing_ids(cells)
    return cells


def _raw_cells(content: Mapping[str, Any]) -> Iterator[Any]:
    sheets = content.get("worksheets")
    parts = [content] if "cells" in content or not isinstance(sheets, list) else sheets
    for part in parts:
        cells = part.get("cells") if isinstance(part, Mapping) else None
        if not isinstance(cells, list):
            raise NotANotebookError("Not a notebook: it has no list of cells.")
        yield from cells


def _clean(number: int, raw: Any, keep: Keep) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise NotANotebookError(phrase("Not a notebook: cell {number} is no cell.", number=number))
    kind = _kind(raw)
    cell: dict[str, Any] = {
        "cell_type": kind,
        "metadata": cell_metadata(raw.get("metadata"), kind),
        "source": _source(number, raw),
    }
    if keep.ids:
        cell["id"] = raw.get("id")
    if kind == "code":
        cell["outputs"] = clean_outputs(raw.get("outputs")) if keep.outputs else []
        count = raw.get("execution_count", raw.get("prompt_number"))
        cell["execution_count"] = execution_count(count) if keep.outputs else None
    elif isinstance(raw.get("attachments"), dict):
        cell["attachments"] = _attachments(raw["attachments"])
    return cell


def _kind(raw: Mapping[str, Any]) -> str:
    kind = raw.get("cell_type")
    if kind in ("code", "raw"):
        return str(kind)
    if kind in _TEXT_TYPES:
        return "markdown"
    return "code" if kind is None and not _CODE_FIELDS.isdisjoint(raw) else "raw"


def _source(number: int, raw: Mapping[str, Any]) -> str:
    given = raw.get("source", raw.get("input"))
    text = _joint(given).join(_texts(number, given))
    if raw.get("cell_type") == "heading":
        level = raw.get("level")
        marks = min(max(level, 1), MAX_HEADING) if isinstance(level, int) else 1
        text = f"{'#' * marks} {' '.join(text.split())}"
    return _LINE_END.sub("\n", UNENCODABLE.sub("\ufffd", text))


def _joint(given: Any) -> str:
    """Return what stands between the parts of a text: nothing, or the line ends that a program left out."""
    lines = [line for line in given if isinstance(line, str)] if isinstance(given, list) else []
    return "" if any("\n" in line or "\r" in line for line in lines) else "\n"


def _texts(number: int, given: Any) -> Iterator[str]:
    if given is None:
        return
    if isinstance(given, str):
        yield given
    elif isinstance(given, int | float):
        yield str(given)
    elif isinstance(given, list) and not any(isinstance(each, list | dict) for each in given):
        for each in given:
            yield from _texts(number, each)
    else:
        raise NotANotebookError(phrase("Not a notebook: the source of cell {number} is not text.", number=number))


def _attachments(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {name: mime_bundle(bundle) for name, bundle in raw.items() if isinstance(bundle, dict)}


def _give_missing_ids(cells: list[dict[str, Any]]) -> None:
    """Format 4.5 asks for cell ids that are there and unique; the grader needs neither, so both are repaired."""
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        given = cell["id"]
        if not isinstance(given, str) or not _CELL_ID.fullmatch(given) or given in seen:
            cell["id"] = f"{MADE_UP}{number}"
        seen.add(cell["id"])


def own_id(cell: Mapping[str, Any]) -> str | None:
    """Return a cell's id if its notebook came with it; None for one that was made up in its place."""
    cell_id = cell.get("id")
    return None if not isinstance(cell_id, str) or cell_id.startswith(MADE_UP) else cell_id
