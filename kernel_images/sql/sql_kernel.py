"""The program inside an SQL sandbox: SQLite behind ipykernel's base class.

A cell fails when one of its statements does, and says so; what ran before that statement is done. An interrupted query
stops and is an error. One database in memory lives as long as the kernel; `.open FILE` works on one in a file.
"""

import os
import re
import sqlite3
import sys
from typing import Any, ClassVar

import nexus_kernel
from ipykernel import kernelapp
from ipykernel.kernelbase import Kernel
from output_tail import OutputTail
from sql_cells import CellError, Session, is_complete
from sql_tables import ResultTable

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


class SqlKernel(Kernel):
    """A kernel of one SQLite database."""

    implementation = "nexus-sql"
    implementation_version = "1.0"
    banner = f"SQLite {sqlite3.sqlite_version}"
    language_info: dict[str, Any] = {  # noqa: RUF012  a trait-like attribute of the base class
        "name": "sql",
        "version": sqlite3.sqlite_version,
        "mimetype": "text/x-sqlite",
        "file_extension": ".sql",
        "codemirror_mode": "sql",
        "pygments_lexer": "sql",
    }
    control_msg_types: ClassVar[list[str]] = [*Kernel.control_msg_types, "nexus_claim_request"]
    claimable = os.environ.pop(nexus_kernel.POOLED, "") == "1"
    # A pooled kernel becomes a learner's in the same way whatever it runs.
    nexus_claim_request = nexus_kernel.SandboxKernel.nexus_claim_request

    def __init__(self, **options: Any) -> None:
        """Start with an empty database."""
        super().__init__(**options)
        self._session = Session()

    async def do_execute(
        self,
        code: str,
        silent: bool,  # noqa: FBT001  the base class's signature
        store_history: bool = True,  # noqa: FBT001, FBT002, ARG002
        user_expressions: dict[str, Any] | None = None,  # noqa: ARG002
        allow_stdin: bool = False,  # noqa: FBT001, FBT002, ARG002
        **_more: Any,
    ) -> dict[str, Any]:
        """Run a cell; the last table is its result, those before it are displayed."""
        last: ResultTable | None = None
        try:
            for table in self._session.run(code):
                if last is not None and not silent:
                    self._send("display_data", last)
                last = table
        except CellError as error:
            return self._failed(last, error.kind, error.message, error.line, silent=silent)
        except KeyboardInterrupt:
            return self._failed(last, "KeyboardInterrupt", "", None, silent=silent)
        except MemoryError:
            return self._failed(last, "MemoryError", "the result does not fit into memory", None, silent=silent)
        if last is not None and not silent:
            self._send("execute_result", last, execution_count=self.execution_count)
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

    def _failed(
        self, last: ResultTable | None, kind: str, message: str, line: int | None, *, silent: bool
    ) -> dict[str, Any]:
        place = f"cell:{line}: " if line else ""
        error = {"ename": kind, "evalue": message, "traceback": [f"{place}{kind}: {message}"]}
        if not silent:
            if last is not None:
                self._send("display_data", last)
            self.send_response(self.iopub_socket, "error", error)
        return {"status": "error", "execution_count": self.execution_count, **error}

    def _send(self, kind: str, table: ResultTable, **more: Any) -> None:
        data = {"text/plain": table.as_text(), "text/html": table.as_html()}
        content = {"data": data, "metadata": {}, **more}
        self.send_response(self.iopub_socket, kind, content)

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


def main() -> None:
    """Be a kernel from the start."""
    nexus_kernel.go_to(os.environ.pop(nexus_kernel.CWD, "") or ".")
    os.umask(0o002)
    # The application makes its publishing thread by this name, and has no other seam for it.
    kernelapp.IOPubThread = OutputTail
    kernelapp.IPKernelApp.launch_instance(sys.argv[1:], kernel_class=SqlKernel, config=nexus_kernel.settings())


if __name__ == "__main__":
    main()
