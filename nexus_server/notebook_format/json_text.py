"""A notebook file's bytes as plain JSON data, whatever wrote them: byte order marks, UTF-16, NaN, endless numbers."""

import json
import math
from typing import Any

from nexus_server.notebook_format.errors import NotANotebookError

#: digits of an integer; Python refuses to read longer ones, and no notebook counts so far
MAX_DIGITS = 300


def read_json(data: bytes | str) -> dict[str, Any]:
    """Parse a JSON object; a number that JSON or Python cannot say (NaN, 1e999) is null.

    Raises:
        NotANotebookError: it is no JSON object; the message says why and what to do.
    """
    try:
        content = json.loads(
            data.removeprefix("\ufeff") if isinstance(data, str) else data,
            parse_constant=lambda _name: None,
            parse_float=_real,
            parse_int=_integer,
        )
    except UnicodeDecodeError as exc:
        raise NotANotebookError("Not a notebook: it is not text in UTF-8. Save it as UTF-8 and try again.") from exc
    except json.JSONDecodeError as exc:
        text = f"Not a notebook: the JSON is broken at line {exc.lineno} ({exc.msg}). Open it in Jupyter and save it."
        raise NotANotebookError(text) from exc
    except RecursionError as exc:
        raise NotANotebookError("Not a notebook: the JSON is nested too deeply. Clear its outputs.") from exc
    if not isinstance(content, dict):
        raise NotANotebookError("Not a notebook: the JSON is not an object.")
    return content


def _real(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _integer(text: str) -> int | None:
    return int(text) if len(text) <= MAX_DIGITS else None
