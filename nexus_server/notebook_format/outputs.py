"""A code cell's outputs as nbformat 4 knows them; what is none of them is left out, because nobody's work is in it."""

from collections.abc import Mapping
from typing import Any

from nexus_server.characters import UNENCODABLE, without
from nexus_server.nesting import is_deeper

#: levels of lists and objects in an output, which charts need some of
MAX_DEPTH = 100
#: format 3 named what an output shows by a word, format 4 by its media type
_OLD_NAMES = {
    "text": "text/plain",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "latex": "text/latex",
    "json": "application/json",
    "javascript": "application/javascript",
    "pdf": "application/pdf",
}
_OLD_TYPES = {"pyout": "execute_result", "pyerr": "error"}


def clean_outputs(raw: Any) -> list[dict[str, Any]]:
    """Return the outputs that can be shown, format 3's among them, in their order."""
    found = [_output(each) for each in raw if isinstance(each, Mapping)] if isinstance(raw, list) else []
    return [output for output in found if output is not None]


def execution_count(raw: Any) -> int | None:
    """Return a cell's number, if it is one."""
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0 else None


def _output(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    if is_deeper(dict(raw), MAX_DEPTH):
        return None
    raw = without(UNENCODABLE, dict(raw))
    kind = _OLD_TYPES.get(str(raw.get("output_type")), raw.get("output_type"))
    if kind == "stream":
        return _stream(raw)
    if kind == "error":
        return _error(raw)
    if kind not in ("display_data", "execute_result"):
        return None
    metadata = raw.get("metadata")
    shown: dict[str, Any] = {
        "output_type": kind,
        "data": mime_bundle(raw["data"]) if isinstance(raw.get("data"), dict) else _old_bundle(raw),
        "metadata": metadata if isinstance(metadata, dict) else {},
    }
    if kind == "execute_result":
        shown["execution_count"] = execution_count(raw.get("execution_count", raw.get("prompt_number")))
    return shown


def _stream(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    text, name = lines(raw.get("text")), raw.get("name", raw.get("stream"))
    return (
        None
        if text is None
        else {
            "output_type": "stream",
            "name": name if isinstance(name, str) and name else "stdout",
            "text": text,
        }
    )


def _error(raw: Mapping[str, Any]) -> dict[str, Any]:
    traceback = raw.get("traceback")
    texts = [traceback] if isinstance(traceback, str) else traceback if isinstance(traceback, list) else []
    return {
        "output_type": "error",
        "ename": str(raw.get("ename") or "Error"),
        "evalue": str(raw.get("evalue") or ""),
        "traceback": [text for text in texts if isinstance(text, str)],
    }


def _old_bundle(raw: Mapping[str, Any]) -> dict[str, Any]:
    return mime_bundle({_OLD_NAMES[name]: value for name, value in raw.items() if name in _OLD_NAMES})


def mime_bundle(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a bundle has the type that its media type asks for."""
    return {name: value for name, given in raw.items() if (value := _shown(name, given)) is not None}


def _shown(name: str, value: Any) -> Any:
    is_json = name == "application/json" or (name.startswith("application/") and name.endswith("+json"))
    return value if is_json else lines(value)


def lines(value: Any) -> str | None:
    """Return a text that may be given line by line; None where it is neither."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "".join(value)
    return None
