"""Metadata that other programs wrote: what nbformat gives a meaning to has nbformat's type, or it goes.

The keys and types are those of nbformat's schema 4.5; keys that it does not name belong to whoever wrote them and stay.
"""

from collections.abc import Callable, Mapping
from typing import Any

from nexus_server.characters import UNENCODABLE, without
from nexus_server.nesting import is_deeper
from nexus_server.notebook_format.metadata import with_numeric_points

#: levels of lists and objects in one value; what copies and hashes notebooks walks them by recursion
MAX_DEPTH = 50


def notebook_metadata(raw: Any) -> dict[str, Any]:
    """Return a notebook's metadata with nothing in it that nbformat would refuse."""
    found = _storable(raw)
    for key in ("kernelspec", "language_info"):
        kept = _named(found.pop(key, None), needs_display_name=key == "kernelspec")
        if kept is not None:
            found[key] = kept
    if isinstance(found.get("authors"), str):
        found["authors"] = [{"name": found["authors"]}]
    return _of_known_types(found, _NOTEBOOK_KEYS)


def cell_metadata(raw: Any, cell_type: str) -> dict[str, Any]:
    """Return a cell's metadata with nothing in it that nbformat would refuse."""
    found = _storable(raw)
    if "tags" in found:
        found["tags"] = _tags(found["tags"])
    if "nbgrader" in found:
        found["nbgrader"] = with_numeric_points(found["nbgrader"])
    return _of_known_types(found, _CELL_KEYS | (_CODE_KEYS if cell_type == "code" else {}))


def _storable(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        return {}
    kept = {key: value for key, value in raw.items() if not is_deeper(value, MAX_DEPTH)}
    cleaned: dict[str, Any] = without(UNENCODABLE, kept)
    return cleaned


def _of_known_types(found: dict[str, Any], known: Mapping[str, Callable[[Any], bool]]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in known or known[key](value)}


def _named(raw: Any, *, needs_display_name: bool) -> dict[str, Any] | None:
    """Return a kernel's or a language's description if anything in it names one."""
    if not isinstance(raw, dict):
        return None
    texts = {key: value for key, value in raw.items() if isinstance(value, str) or key not in _KERNEL_TEXTS}
    names = [texts[key] for key in ("name", "display_name", "language") if texts.get(key)]
    if not names:
        return None
    if not isinstance(texts.get("codemirror_mode", ""), str | dict):
        del texts["codemirror_mode"]
    if needs_display_name:
        texts.setdefault("display_name", names[0])
    return texts | {"name": texts.get("name") or names[0]}


def _tags(raw: Any) -> list[str]:
    """Return a cell's tags; a comma parts them, as in the forms that people type them into."""
    texts = [raw] if isinstance(raw, str) else raw if isinstance(raw, list) else []
    parts = [part.strip() for text in texts if isinstance(text, str) for part in text.split(",")]
    return list(dict.fromkeys(part for part in parts if part and "\n" not in part))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != "" and "\n" not in value


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


_KERNEL_TEXTS = frozenset(
    {"name", "display_name", "language", "file_extension", "mimetype", "pygments_lexer", "version"}
)
_NOTEBOOK_KEYS: dict[str, Callable[[Any], bool]] = {
    "title": _is_text,
    "authors": _is_list,
    "orig_nbformat": _is_count,
}
_CELL_KEYS: dict[str, Callable[[Any], bool]] = {
    "name": _is_name,
    "tags": _is_list,
    "jupyter": _is_object,
    "nbgrader": _is_object,
    "format": _is_text,
}
_CODE_KEYS: dict[str, Callable[[Any], bool]] = {
    "execution": _are_texts,
    "collapsed": lambda value: isinstance(value, bool),
    "scrolled": lambda value: isinstance(value, bool) or value == "auto",
}
