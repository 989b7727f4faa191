"""On which line of a lab's file a cell stands. Pure."""

import json
import re
from itertools import islice
from pathlib import PurePosixPath

_PERCENT = re.compile(r"^#\s*%%", re.MULTILINE)
_CELLS = re.compile(r'"cells"\s*:\s*\[')
_SOURCE = re.compile(r'"source"\s*:\s*')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
#: Jupytext's header: a block of comments between lines of dashes
_HEADER = re.compile(r"\s*# ---\n(?:#.*\n)*?# ---\n")
_DECODER = json.JSONDecoder()


def line_of_cell(text: str, file: str, cell: int | None, line: int | None = None) -> int:
    """Return the line (from 1) of the cell with index `cell`, or of line `line` (from 1) of its source.

    A notebook whose cells hold their source as one string has only the line of that string to point at.
    """
    if cell is None:
        return 1
    if PurePosixPath(file).suffix == ".py":
        return _line_in_script(text, cell, line or 0)
    start, end = _cell_span(text, cell)
    at = start if line is None else _source_line(text, start, end, line)
    return text.count("\n", 0, at) + 1


def cell_at_line(text: str, file: str, line: int, cells: int) -> int | None:
    """Return the index of the cell that stands on a line (from 1), of `cells` cells; None above the first."""
    starts = (line_of_cell(text, file, index) for index in range(cells))
    return max((index for index, start in enumerate(starts) if start <= line), default=None)


def _source_line(text: str, start: int, end: int, line: int) -> int:
    """Return where line `line` of a cell's source stands in `text`, between `start` and `end`."""
    source = _SOURCE.search(text, start, end)
    if source is None:
        return start
    is_list = text.startswith("[", source.end())
    lines = islice(_STRING.finditer(text, source.end(), end), line if is_list else 1)
    return max((found.start() for found in lines), default=start)


def _line_in_script(text: str, cell: int, line: int) -> int:
    starts = [match.start() for match in _PERCENT.finditer(text)]
    header = _HEADER.match(text)
    if text[header.end() if header else 0 : starts[0] if starts else 0].strip():
        starts.insert(0, 0)  # what stands above the first marker, the header aside, is a cell of its own
    if cell >= len(starts):
        return 1
    # A text cell may be one long string instead of comments; its text begins below the quotes.
    below = text.find("\n", starts[cell]) + 1
    quoted = line > 0 and below > 0 and text.startswith('"""\n', below)
    return text.count("\n", 0, starts[cell]) + 1 + line + quoted


def _cell_span(text: str, cell: int) -> tuple[int, int]:
    cells = _CELLS.search(text)
    at = cells.end() if cells else 0
    try:
        for number in range(cell + 1):
            while text[at] in " \t\r\n,":
                at += 1
            _, end = _DECODER.raw_decode(text, at)
            if number == cell:
                return at, end
            at = end
    except (ValueError, IndexError):
        pass
    return 0, len(text)
