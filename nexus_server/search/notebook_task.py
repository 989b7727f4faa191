"""Looking for words in notebooks that learners wrote, as a task of `offload/`: only what is light is imported here."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from nexus_server.matching import match

#: characters of a text that are searched
MAX_TEXT_CHARS = 200_000


def find_in_notebooks(
    body: bytes, *, sizes: Sequence[int], titles: Sequence[str], words: Sequence[str]
) -> tuple[list[dict[str, Any]], bytes]:
    """Return the matches in notebooks, which stand one after the other in `body`, with the `number` of each from 0."""
    matches = (match(words, title, sources_of(part)) for title, part in zip(titles, _parts(body, sizes), strict=True))
    return [{"number": number, **asdict(found)} for number, found in enumerate(matches) if found is not None], b""


def _parts(body: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    begin = 0
    for size in sizes:
        yield body[begin : begin + size]
        begin += size


def sources_of(notebook: str | bytes) -> str:
    """Return what is written in a notebook's cells; nothing for what is no notebook."""
    try:
        cells = json.loads(notebook)["cells"]
        return "\n\n".join(_joined(cell["source"]) for cell in cells)[:MAX_TEXT_CHARS]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
