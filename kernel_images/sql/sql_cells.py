"""A cell of SQL: its statements, each with its line, run one after another against SQLite."""

import math
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sql_site
from cell_output import CellError
from site_commands import COMMANDS
from sql_tables import MAX_ROWS, ResultTable, shown

#: instructions of SQLite's virtual machine between two looks at whether somebody interrupts
LOOK_EVERY = 1_000
INTERRUPTED = "interrupted"

_COMMENTS = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_NEAR = re.compile(r'near "(?P<token>.*?)": syntax error', re.DOTALL)
_NAMED = re.compile(r"no such (?:table|column|function): (?P<name>\S+)|ambiguous column name: (?P<name2>\S+)")
_TABLES = "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
_SCHEMA = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND (?1 = '' OR tbl_name = ?1) ORDER BY name"
_HELP = ".tables lists tables and views, .schema [TABLE] shows how they were made, .open FILE opens a database"


@dataclass(frozen=True)
class Statement:
    """A statement, and the line of the cell (from 1) on which it begins."""

    text: str
    line: int

    def line_of(self, message: str) -> int:
        """Return the line of the cell that an error is about: that of the word which the message quotes."""
        found = _NEAR.search(message)
        named = _NAMED.search(message)
        word = found["token"] if found else (named["name"] or named["name2"]).rsplit(".", 1)[-1] if named else ""
        place = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", self.text, re.IGNORECASE) if word.strip() else None
        return self.line + self.text.count("\n", 0, place.start()) if place else self.line


def connect(path: str = ":memory:") -> sqlite3.Connection:
    """Return a connection that keeps foreign keys, commits each statement, and can be interrupted."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    # A signal is handled between two steps of Python. Without this there is none while SQLite computes.
    connection.set_progress_handler(lambda: 0, LOOK_EVERY)
    return connection


class Session:
    """The database that one kernel works with."""

    def __init__(self) -> None:
        """Begin with an empty database in memory."""
        self._unmet = ""
        self.connection = self._connect(":memory:")

    def run(self, cell: str) -> Iterator[ResultTable]:
        """Run a cell's statements, and yield what each query finds.

        Raises:
            CellError: a statement failed; those before it are done, those behind it are not.
            KeyboardInterrupt: somebody interrupted it.
        """
        for statement in split(cell):
            try:
                found = self._run(statement.text)
            except sqlite3.Error as error:
                if self._unmet:
                    unmet, self._unmet = self._unmet, ""
                    raise CellError("AssertionError", unmet, statement.line) from error
                if str(error) == INTERRUPTED:
                    raise KeyboardInterrupt from error
                raise CellError(type(error).__name__, str(error), statement.line_of(str(error))) from error
            if found is not None:
                yield found

    def _run(self, text: str) -> ResultTable | None:
        if text.startswith("."):
            return self._command(*text[1:].split(maxsplit=1))
        cursor = self.connection.execute(text)
        if cursor.description is None:
            return None
        rows = cursor.fetchmany(MAX_ROWS + 1)
        names = tuple(column[0] for column in cursor.description)
        return ResultTable(names, rows[:MAX_ROWS], has_more=len(rows) > MAX_ROWS)

    def _command(self, name: str = "", argument: str = "") -> ResultTable | None:
        match name:
            case "tables":
                return self._run(_TABLES)
            case "schema":
                rows = self.connection.execute(_SCHEMA, (argument.strip(),)).fetchall()
                return ResultTable(("sql",), rows)
            case "open":
                opened = self._connect(argument.strip() or ":memory:")
                self.connection.close()
                self.connection = opened
            case "reset":
                sql_site.reset(self.connection)
            case "write" | "remove" | "environment":
                COMMANDS[name](argument)
            case _:
                raise sqlite3.ProgrammingError(f"unknown command: .{name} ({_HELP})")
        return None

    def _connect(self, path: str) -> sqlite3.Connection:
        connection = connect(path)
        connection.create_function("expect", 2, self._expect)
        return connection

    def _expect(self, got: Any, wanted: Any) -> str:
        """Check a value: `SELECT expect(got, wanted)`. It gives a text, because a number would count as points."""
        if got != wanted and not (
            isinstance(got, float) and isinstance(wanted, int | float) and math.isclose(got, wanted)
        ):
            self._unmet = f"expected {shown(wanted)}, got {shown(got)}"
            raise ValueError(self._unmet)
        return "ok"

    def names(self) -> list[str]:
        """Return the names of tables, views and columns, for completion."""
        tables = [row[0] for row in self.connection.execute(_TABLES)]
        columns = [
            row[0]
            for table in tables
            for row in self.connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
        ]
        return sorted({*tables, *columns})


def split(cell: str) -> Iterator[Statement]:
    """Yield the statements of a cell; what has no semicolon at its end is one, too. Comments alone are none."""
    rest, line = cell, 1
    while rest.strip():
        blank = len(rest) - len(rest.lstrip())
        line += rest.count("\n", 0, blank)
        rest = rest.lstrip()
        end = _end(rest)
        text = rest[:end]
        if _COMMENTS.sub("", text).strip(" \t\r\n;"):
            # The line is that of the first word, below the comments above it.
            above = re.match(rf"(?:\s|{_COMMENTS.pattern})*", text, re.DOTALL)
            skipped = above.end() if above else 0
            yield Statement(text[skipped:].rstrip(), line + text.count("\n", 0, skipped))
        line += text.count("\n")
        rest = rest[end:]


def _end(text: str) -> int:
    """Return where the first statement of `text` ends."""
    if text.startswith("."):
        return (text + "\n").index("\n")
    for place in (match.end() for match in re.finditer(";", text)):
        if sqlite3.complete_statement(text[:place]):
            return place
    return len(text)


def is_complete(cell: str) -> str:
    """Return whether a cell could be run as it is: "complete", or "incomplete" while a text or a comment is open."""
    last = cell.strip()
    if not last or last.startswith(".") or sqlite3.complete_statement(last):
        return "complete"
    return "incomplete"
