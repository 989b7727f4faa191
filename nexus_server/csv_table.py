"""A table in a CSV file as spreadsheets write it: which encoding, which separator, and where each line stands. Pure.

Spreadsheets write UTF-8 with or without a byte order mark, UTF-16, and what Windows calls Latin-1 (cp1252). The first
three are recognised for certain. Bytes that are none of them are taken for Latin-1 only where that gives words:
anything else is refused, because names that are read wrongly would be stored wrongly.
"""

import codecs
import csv
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from pydantic import BaseModel

from nexus_server.errors import InvalidError

MAX_ROWS = 10_000
MAX_COLUMNS = 1_000
SEPARATORS = (",", ";", "\t")

#: what Latin-1 texts have beside ASCII: single accented letters, quotes and dashes
_LATIN_WORDS = re.compile(
    r"(?:[\x00-\x7f\xa0\u2018\u2019\u201c\u201d\u2013\u2014\u2026«»°\xb4€]|[À-ÖØ-öø-ÿŒœŠšŽžŸ](?![À-ÖØ-öø-ÿŒœŠšŽžŸ]{2}))*"
)
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


class UnreadableTableError(InvalidError):
    """The file cannot be read as a table."""

    code = "unreadable_table"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of the file below the header."""

    #: where it begins in the file, from 1
    line: int
    #: by the names of the columns, without blanks around it
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A file's contents."""

    #: utf-8, utf-8-sig, utf-16 or latin-1
    encoding: str
    #: as written, without blanks around them
    columns: list[str]
    rows: list[TableRow]


class TableProblem(BaseModel):
    """A cell that cannot be taken over, and why."""

    line: int
    column: str
    message: str


def problem_at(line: int, column: str, message: str) -> TableProblem:
    """Return what is wrong with a cell."""
    return TableProblem(line=line, column=column, message=message)


def fields_of(problems: Iterable[TableProblem]) -> dict[str, str]:
    """Return problems as an error tells them, by where they are."""
    return {f"line {each.line}, {each.column}": each.message for each in problems}


def seen_digest(said: Sequence[Any]) -> str:
    """Return what stands for a preview: whoever writes what a table says shows with it what they have seen."""
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def read_table(data: bytes) -> CsvTable:
    """Read a file. Columns are told apart by comma, semicolon or tab, whichever gives the most.

    Raises:
        UnreadableTableError: the message says why, with the line where there is one.
    """
    encoding, text = _decode(data)
    separator = None
    if found := _SEPARATOR_LINE.match(text):  # spreadsheets write it for each other
        separator, text = found[1], text[found.end() :]
    skipped = 1 if separator else 0
    lines = _lines(text, separator or _separator_of(text))
    header = next((cells for _, cells in lines if any(cells)), None)
    if header is None:
        raise UnreadableTableError("The file is empty.")
    while header and not header[-1]:
        header.pop()
    _require_header(header)
    below = lines[next(place for place, (_, cells) in enumerate(lines) if cells is header) + 1 :]
    return CsvTable(encoding, header, [_row(header, line + skipped, cells) for line, cells in below if any(cells)])


def _decode(data: bytes) -> tuple[str, str]:
    if not data.strip(b"\0 \r\n\t"):
        raise UnreadableTableError("The file is empty.")
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return name, _strictly(data, name)
    if b"\0" in data:
        return "utf-16", _strictly(data, "utf-16-be" if data[:1] == b"\0" else "utf-16-le")
    try:
        return "utf-8", data.decode()
    except UnicodeDecodeError:
        return "latin-1", _latin(data)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableTableError(f"The file begins as {encoding}, but is broken at byte {error.start}.") from error
    if "\0" in text:
        raise UnreadableTableError("The file is no text. Save it as CSV, in UTF-8.")
    return text


def _latin(data: bytes) -> str:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = "\0"
    if _LATIN_WORDS.fullmatch(text) is None or "\0" in text:
        raise UnreadableTableError("The file is neither UTF-8 nor UTF-16 nor Latin-1. Save it as CSV, in UTF-8.")
    return text


def _separator_of(text: str) -> str:
    """Return what tells columns apart: whichever gives the first line the most."""
    first = next(StringIO(text.lstrip("\r\n"), newline=""), "")
    return max(SEPARATORS, key=lambda separator: len(next(csv.reader([first], delimiter=separator), [])))


def _lines(text: str, separator: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[tuple[int, list[str]]] = []
    begun = 1
    try:
        for cells in reader:
            found.append((begun, [cell.strip() for cell in cells]))
            begun = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableTableError(f"Line {begun} is no line of a table: {error}.") from error
    if len(found) > MAX_ROWS + 1:
        raise UnreadableTableError(f"The file has more than {MAX_ROWS} lines.")
    return found


def _require_header(header: Sequence[str]) -> None:
    if len(header) > MAX_COLUMNS:
        raise UnreadableTableError(f"The file has more than {MAX_COLUMNS} columns.")
    seen: set[str] = set()
    for place, name in enumerate(header, 1):
        if not name:
            raise UnreadableTableError(f"Column {place} has no name.")
        if name.casefold() in seen:
            raise UnreadableTableError(f"Two columns have the name {name!r}.")
        seen.add(name.casefold())


def _row(header: Sequence[str], line: int, cells: list[str]) -> TableRow:
    if any(cells[len(header) :]):
        raise UnreadableTableError(f"Line {line} has more cells than there are columns.")
    padded = [*cells, *[""] * (len(header) - len(cells))]
    return TableRow(line, dict(zip(header, padded, strict=False)))
