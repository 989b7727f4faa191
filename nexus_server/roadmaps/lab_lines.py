"""On which line of a lab's file a cell stands. Pure."""

import json
import re
from pathlib import PurePosixPath

_PERCENT = re.compile(r"^#\s*%%", re.MULTILINE)
_CELLS = re.compile(r'"cells"\s*:\s*\[')
_SOURCE = re.compile(r'"source"\s*:')


def line_of_cell(text: str, file: str, cell: int | None, line: int | None = None) -> int:
    """Return the line (from 1) of the cell with index `cell`, or of line `line` (from 1) of its source.

    Works for notebooks that are written with one source line per line, as Jupyter does; otherwise it is the line on
    which the cell begins.
    """
    if cell is None:
        return 1
    if PurePosixPath(file).suffix == ".py":
        return _line_in_script(text, cell) + (line or 0)
    start, end = _cell_span(text, cell)
    at = start
    source = _SOURCE.search(text, start, end)
    if line is not None and source is not None:
        at = source.start()
        for _ in range(line):
            at = text.find("\n", at, end) + 1 or start
    return text.count("\n", 0, at) + 1


def _line_in_script(text: str, cell: int) -> int:
    starts = [match.start() for match in _PERCENT.finditer(text)]
    # What stands before the first marker is a cell of its own only when it is more than the header.
    return text.count("\n", 0, starts[cell]) + 1 if cell < len(starts) else 1


def _cell_span(text: str, cell: int) -> tuple[int, int]:
    cells = _CELLS.search(text)
    at = cells.end() if cells else 0
    decoder = json.JSONDecoder()
    try:
        for number in range(cell + 1):
            while text[at] in " \t\r\n,":
                at += 1
            _, end = decoder.raw_decode(text, at)
            if number == cell:
                return at, end
            at = end
    except (ValueError, IndexError):
        pass
    return 0, len(text)
