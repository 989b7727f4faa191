"""The program inside an SQL sandbox: SQLite behind ipykernel's base class.

A cell fails when one of its statements does, and says so; what ran before that statement is done. An interrupted query
stops and is an error. One database in memory lives as long as the kernel; `.open FILE` works on one in a file.
"""

import re
import sqlite3
from typing import Any

from cell_output import CellError, Shown
from sql_cells import Session, is_complete
from sql_tables import ResultTable
from thin_kernel import Outputs, ThinKernel, run

KEYWORDS = (
    *(
        "SELECT",
        "FROM",
        "WHERE",
        "GROUP BY",
        "HAVING",
        "ORDER BY",
        "LIMIT",
        "JOIN",
        "LEFT JOIN",
        "ON",
        "AS",
        "DISTINCT",
    ),
    *(
        "INSERT INTO",
        "VALUES",
        "UPDATE",
        "SET",
        "DELETE FROM",
        "CREATE TABLE",
        "CREATE VIEW",
        "DROP TABLE",
        "PRIMARY KEY",
    ),
    *(
        "FOREIGN KEY",
        "REFERENCES",
        "NOT NULL",
        "UNIQUE",
        "CHECK",
        "DEFAULT",
        "UNION",
        "WITH",
        "CASE",
        "BETWEEN",
        "LIKE",
    ),
    *("COUNT", "SUM", "AVG", "MIN", "MAX", "ROUND", "COALESCE", "LENGTH", "LOWER", "UPPER"),
)
_WORD = re.compile(r"[\w.]*$")


class SqlKernel(ThinKernel):
    """A kernel of one SQLite database."""

    implementation = "nexus-sql"
    banner = f"SQLite {sqlite3.sqlite_version}"
    language_info: dict[str, Any] = {  # noqa: RUF012  a trait-like attribute of the base class
        "name": "sql",
        "version": sqlite3.sqlite_version,
        "mimetype": "text/x-sqlite",
        "file_extension": ".sql",
        "codemirror_mode": "sql",
        "pygments_lexer": "sql",
    }

    def __init__(self, **options: Any) -> None:
        """Start with an empty database."""
        super().__init__(**options)
        self._session = Session()

    def run_cell(self, code: str) -> Outputs:
        """Run a cell; the last table is its result, those before it are displayed."""
        last: ResultTable | None = None
        try:
            for table in self._session.run(code):
                if last is not None:
                    yield Shown(_bundle(last))
                last = table
        except (CellError, KeyboardInterrupt, MemoryError):
            if last is not None:
                yield Shown(_bundle(last))
            raise
        if last is not None:
            yield Shown(_bundle(last), is_result=True)

    async def do_is_complete(self, code: str) -> dict[str, Any]:
        """Say whether a cell could be run as it is."""
        return {"status": is_complete(code), "indent": ""}

    async def do_complete(self, code: str, cursor_pos: int) -> dict[str, Any]:
        """Complete keywords and the database's own names."""
        found = _WORD.search(code[:cursor_pos])
        word = found[0].rsplit(".", 1)[-1] if found else ""
        names = (*self._session.names(), *KEYWORDS)
        matches = [name for name in names if word and name.casefold().startswith(word.casefold())]
        start = cursor_pos - len(word)
        return {"status": "ok", "matches": matches, "cursor_start": start, "cursor_end": cursor_pos, "metadata": {}}


def _bundle(table: ResultTable) -> dict[str, str]:
    return {"text/plain": table.as_text(), "text/html": table.as_html()}


if __name__ == "__main__":
    run(SqlKernel)
