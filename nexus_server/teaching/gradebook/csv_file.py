"""A gradebook as a CSV file, out and in. Pure.

One line is one student. Columns are named by the steps' slugs, after those that say who it is; a step whose slug is
the name of such a column has `step:` before it. Scores are shares, 0 to 1, with four decimals.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from uuid import UUID

from nexus_server.csv_table import CsvTable, TableProblem, TableRow, UnreadableTableError, problem_at
from nexus_server.teaching.gradebook.book import GradebookNode, GradebookRow, GradebookView
from nexus_server.teaching.gradebook.cells import GradebookCell

#: what says who it is, and what is written but not read
WHO = ("id", "email")
FIXED = ("name", "email", "id", "xp", "completed", "score", "final", "note")
#: in a cell, it lets the earned score count again
EARNED = "earned"
STEP_PREFIX = "step:"
#: what spreadsheets would take for a formula
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_SHARE = re.compile(r"(\d{1,3}(?:[.,]\d{1,15})?)\s*(%?)")


@dataclass(frozen=True, slots=True)
class CellChange:
    """A score that would become another. `after` is None where the earned score would count again."""

    line: int
    row: GradebookRow
    node: GradebookNode
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class GradeFile:
    """What a file says, next to the gradebook."""

    changes: list[CellChange]
    problems: list[TableProblem]
    unchanged: int
    #: columns that are not read
    ignored: list[str]


def as_csv(book: GradebookView) -> str:
    """Return the gradebook as CSV."""
    sink = StringIO()
    table = csv.writer(sink)
    table.writerow([*FIXED, *map(column_of, book.nodes)])
    for row in book.items:
        who = [harmless(row.display_name), harmless(row.email), row.user_id, row.xp, row.completed]
        grades = [f"{row.score:.4f}", "" if row.final is None else row.final, harmless(row.note)]
        table.writerow([*who, *grades, *(share_text(cell.score) for cell in row.cells)])
    return sink.getvalue()


def column_of(node: GradebookNode) -> str:
    """Return the name of a step's column."""
    return STEP_PREFIX + node.slug if node.slug in FIXED else node.slug


def share_text(share: float | None) -> str:
    """Return a share as the file has it."""
    return "" if share is None else f"{share:.4f}"


def compare(table: CsvTable, book: GradebookView) -> GradeFile:
    """Return what the file would change. Empty cells change nothing.

    Raises:
        UnreadableTableError: the columns are not those of a gradebook.
    """
    columns = _step_columns(table.columns, book.nodes)
    known = _Students(book.items)
    changes: list[CellChange] = []
    problems: list[TableProblem] = []
    unchanged, lines = 0, dict[UUID, int]()
    for line in table.rows:
        found = known.find(line)
        if isinstance(found, GradebookRow) and (first := lines.setdefault(found.user_id, line.line)) != line.line:
            found = problem_at(line.line, "email", f"The student is in line {first} already.")
        if isinstance(found, TableProblem):
            problems.append(found)
            continue
        for name, place in columns.items():
            read = _read_cell(line, name, found, book.nodes[place], found.cells[place])
            if isinstance(read, TableProblem):
                problems.append(read)
            elif read is None:
                unchanged += bool(line.cells[name])
            else:
                changes.append(read)
    ignored = [name for name in table.columns if name not in columns and name.casefold() not in WHO]
    return GradeFile(changes, problems, unchanged, ignored)


def parse_share(text: str) -> float | str:
    """Return a share, or what is wrong with the text."""
    match = _SHARE.fullmatch(text)
    if match is None:
        return f"{text!r} is no score: write 0.75 or 75%."
    number = Decimal(match[1].replace(",", "."))
    share = number / 100 if match[2] else number
    if share <= 1:
        return float(share)
    return f"{text!r} is more than everything." if match[2] else f"{text!r} is above 1: write a share or a percentage."


class _Students:
    """Finds the student of a line."""

    def __init__(self, rows: Sequence[GradebookRow]) -> None:
        self._by_id = {str(row.user_id): row for row in rows}
        self._by_email = {row.email.casefold(): row for row in rows}

    def find(self, line: TableRow) -> GradebookRow | TableProblem:
        """Return the student, or what is wrong."""
        given = {name.casefold(): text for name, text in line.cells.items()}
        # a quote before an address keeps spreadsheets from running it
        user_id, email = given.get("id", "").lower(), given.get("email", "").removeprefix("'").casefold()
        by_id, by_email = self._by_id.get(user_id), self._by_email.get(email)
        if not user_id and not email:
            return problem_at(line.line, "email", "The line names no student.")
        if user_id and by_id is None:
            return problem_at(line.line, "id", f"You teach nobody with the id {user_id}.")
        if email and by_email is None and by_id is None:
            return problem_at(line.line, "email", f"You teach nobody with the address {email}.")
        if by_id is not None and by_email is not None and by_id is not by_email:
            return problem_at(line.line, "email", "The id and the address are of two students.")
        found = by_id or by_email
        assert found is not None  # noqa: S101  one of them was given and is known
        return found


def _step_columns(names: Sequence[str], nodes: Sequence[GradebookNode]) -> Mapping[str, int]:
    """Return the place of the step of each column that has one."""
    if not {name.casefold() for name in names} & set(WHO):
        raise UnreadableTableError("The file needs a column id or email, which says whose scores they are.")
    places = {column_of(node): place for place, node in enumerate(nodes)}
    places |= {STEP_PREFIX + node.slug: place for place, node in enumerate(nodes)}
    unknown = [name for name in names if name.casefold() not in {*places, *FIXED}]
    if unknown:
        raise UnreadableTableError(f"The roadmap has no such steps: {', '.join(unknown)}.")
    columns = {name: places[name.casefold()] for name in names if name.casefold() in places}
    if len(set(columns.values())) < len(columns):
        raise UnreadableTableError("Two columns are of the same step.")
    if not columns:
        raise UnreadableTableError("The file has no column with the slug of a step.")
    return columns


def _read_cell(
    line: TableRow, name: str, row: GradebookRow, node: GradebookNode, cell: GradebookCell
) -> CellChange | TableProblem | None:
    text = line.cells[name]
    if not text:
        return None
    if text.casefold() == EARNED:
        return CellChange(line.line, row, node, cell.score, None) if cell.is_marked else None
    share = parse_share(text)
    if isinstance(share, str):
        return problem_at(line.line, name, share)
    if cell.score is not None and Decimal(share_text(cell.score)) == Decimal(share_text(share)):
        return None
    return CellChange(line.line, row, node, cell.score, share)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs: learners choose their own names."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
