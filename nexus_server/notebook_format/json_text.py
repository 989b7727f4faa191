"""A notebook file's bytes as plain JSON data, whatever wrote them: byte order marks, UTF-16, NaN, endless numbers."""

import json
import math
from typing import Any

from nexus_server.notebook_format.errors import NotANotebookError
from nexus_server.phrases import gettext_noop

#: what people take for their notebook: how it begins, and what to do
_OTHER_FILES = (
    (b"<", gettext_noop("Not a notebook: this is a web page. Download the notebook itself, as a file .ipynb.")),
    (b"%PDF", gettext_noop("Not a notebook: this is a PDF. Take the file .ipynb that it was made of.")),
    (b"PK\x03\x04", gettext_noop("Not a notebook: this is a packed file. Unpack it, and take the file .ipynb in it.")),
    (b"\x1f\x8b", gettext_noop("Not a notebook: this is a packed file. Unpack it, and take the file .ipynb in it.")),
    (
        b"version https://git-lfs",
        gettext_noop("Not a notebook: this only says where Git LFS keeps it. Fetch it with `git lfs pull`."),
    ),
)
_EMPTY = gettext_noop("Not a notebook: the file is empty. Save it once more, or take another copy of it.")
_CONFLICT = gettext_noop("Not a notebook: it holds both sides of a merge in Git. Settle the conflict, and save it.")
_NO_UTF_8 = gettext_noop("Not a notebook: it is not text in UTF-8. Save it as UTF-8 and try again.")
#: what a file holds that was never written: a drive that was pulled out leaves NULs
_NOTHING = b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
#: digits of an integer; Python refuses to read longer ones, and no notebook counts so far
MAX_DIGITS = 300


def read_json(data: bytes | str) -> dict[str, Any]:
    """Parse a JSON object; a number that JSON or Python cannot say (NaN, 1e999) is null.

    Raises:
        NotANotebookError: it is no JSON object; the message says why and what to do.
    """
    try:
        content = json.loads(
            _without_padding(data),
            parse_constant=lambda _name: None,
            parse_float=_real,
            parse_int=_integer,
        )
    except UnicodeDecodeError as exc:
        raise NotANotebookError(_find_other_kind(data) or _NO_UTF_8) from exc
    except json.JSONDecodeError as exc:
        text = f"Not a notebook: the JSON is broken at line {exc.lineno} ({exc.msg}). Open it in Jupyter and save it."
        raise NotANotebookError(_find_other_kind(data) or text) from exc
    except RecursionError as exc:
        raise NotANotebookError("Not a notebook: the JSON is nested too deeply. Clear its outputs.") from exc
    if not isinstance(content, dict):
        raise NotANotebookError("Not a notebook: the JSON is not an object.")
    return content


def _without_padding(data: bytes | str) -> bytes | str:
    """Leave out a mark at the beginning of a text, and NULs behind a file's end: a drive writes whole blocks."""
    if isinstance(data, str):
        return data.removeprefix("\ufeff").rstrip("\0")
    # In UTF-16 half of the letters are NULs; Python tells it by the first of them.
    return data if b"\0" in data[:4] or data[:2] in _UTF_16 else data.rstrip(b"\0")


def _find_other_kind(data: bytes | str) -> str | None:
    """Say what a file is that is no JSON, if that is known."""
    raw = data.encode(errors="replace") if isinstance(data, str) else data
    if not raw.strip(_NOTHING):
        return _EMPTY
    head = raw[:1000].lstrip(_NOTHING)
    if (b"\n" + head).startswith(b"\n<<<<<<<") or b"\n<<<<<<< " in raw:
        return _CONFLICT
    return next((text for beginning, text in _OTHER_FILES if head.startswith(beginning)), None)


def _real(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _integer(text: str) -> int | None:
    return int(text) if len(text) <= MAX_DIGITS else None
