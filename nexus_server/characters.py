"""Characters that JSON can say and not everybody can keep; U+FFFD takes their place.

UTF-8 has no halves of surrogate pairs, so no file and no database keeps those. PostgreSQL's text has no NUL.
"""

import re
from typing import Any

#: what no text in UTF-8 may hold
UNENCODABLE = re.compile("[\ud800-\udfff]")
#: what no column of a database may hold
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
#: what breaks lines, does something to a terminal, or turns the direction of what follows it
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
#: how JSON writes them, and the whole pairs that are none
_ESCAPED = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def may_hold_unstorable(raw: bytes) -> bool:
    """Whether a JSON text may hold such characters: most hold none, and need no second look."""
    return _ESCAPED.search(raw) is not None


def storable(value: Any) -> Any:
    """Return a parameter of a statement, with what no database keeps replaced if it is text."""
    return UNSTORABLE.sub("\ufffd", value) if isinstance(value, str) else value


def one_line(text: str) -> str:
    """Return a text on one line, as it may stand in a list or a mail among what others wrote."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def without(unwanted: re.Pattern[str], value: Any) -> Any:
    """Return a JSON value, its keys too, without these characters; the caller bounds its depth."""
    if isinstance(value, str):
        return unwanted.sub("\ufffd", value)
    if isinstance(value, list | tuple):
        return [without(unwanted, each) for each in value]
    if isinstance(value, dict):
        return {unwanted.sub("\ufffd", key): without(unwanted, each) for key, each in value.items()}
    return value
