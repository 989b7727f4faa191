"""How much a JSON text holds, before anybody parses it: counting is a hundred times cheaper than parsing. Pure."""

import json
import re

from nexus_server.errors import MalformedError, TooLargeError
from nexus_server.phrases import phrase

#: A string, also one without an end: then the search would begin anew at each of its quotes. An escape is a backslash
#: and whatever follows. Nothing is given back, so nothing is tried twice.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class TooManyValuesError(TooLargeError):
    """The JSON holds too many values."""

    code = "too_many_values"


def check_size(raw: bytes, *, max_values: int, max_depth: int) -> None:
    """Refuse a JSON text that holds too much; what is no JSON at all may pass.

    Raises:
        TooManyValuesError
        MalformedError: it is nested too deeply, or not UTF-8 without NUL, as JSON is.
    """
    if b"\0" in raw:
        raise MalformedError("The body is not JSON in UTF-8.")
    # Every string is a value or the name of one. Counting quotes keeps the next step from looking at millions.
    if raw.count(b'"') - raw.count(b'\\"') > 4 * max_values:
        raise _too_many(max_values)
    bare = _STRING.sub(b"", raw)
    # More brackets than values are allowed need not be looked at one by one.
    if _is_deeper(bare.translate(None, _NO_BRACKETS)[: 2 * max_values], max_depth):
        raise MalformedError(phrase("The body is nested more than {count} levels deep.", count=max_depth))
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") >= max_values:
        raise _too_many(max_values)


def in_utf8(data: bytes) -> bytes:
    """Return a JSON text of any encoding in UTF-8, to be counted."""
    encoding = json.detect_encoding(data)
    return data if encoding.startswith("utf-8") else data.decode(encoding, "replace").encode("utf-8", "replace")


def _too_many(max_values: int) -> TooManyValuesError:
    return TooManyValuesError(
        phrase("The JSON holds more than {count:,} values.", count=max_values), max_values=max_values
    )


def _is_deeper(brackets: bytes, limit: int) -> bool:
    if len(brackets) <= limit:
        return False
    depth = 0
    for bracket in brackets:
        if bracket in b"[{":
            depth += 1
            if depth > limit:
                return True
        else:
            depth -= 1
    return False
