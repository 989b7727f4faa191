"""SQLite's driver with one turn of its thread per statement.

SQLAlchemy's adapter of aiosqlite asks the driver's thread five times for a query: open a cursor, execute, fetch, close,
and roll back what was never begun. Each turn costs more than the query. Here execute, fetch and close are one turn, and
a connection that has no transaction is not rolled back.
"""

# ruff: noqa: SLF001  SQLAlchemy's adapters are made to be derived from, and hand on what the driver keeps to itself

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util import await_only, immutabledict
from sqlalchemy.util.concurrency import in_greenlet

#: seconds that the thread of a connection that could not be opened may take to end
END_TIMEOUT_S = 5.0

Facts = tuple[Any, int, int | None, list[Any]]


class OneTurnCursor(AsyncAdapt_aiosqlite_cursor):
    """Holds what the statement gave; there is no cursor of the driver's behind it any more."""

    __slots__ = ("_facts",)

    def __init__(self, adapt_connection: AsyncAdapt_aiosqlite_connection) -> None:
        """Belong to a connection; nothing is asked of the driver yet."""
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._soft_closed_memoized = immutabledict()
        self._facts: Facts = (None, -1, None, [])

    @property
    def description(self) -> Any:
        """What the columns are."""
        return self._facts[0]

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._facts[1]

    @property
    def lastrowid(self) -> int:
        """The row that was inserted last."""
        return cast("int", self._facts[2])

    def close(self) -> None:
        """Forget the rows."""
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """Do nothing: the driver's cursor is closed."""

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._run(lambda raw: raw.execute(operation, parameters or ()))

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._run(lambda raw: raw.executemany(operation, seq_of_parameters))

    async def _run(self, ask: Callable[[sqlite3.Connection], sqlite3.Cursor]) -> None:
        connection = cast("OneTurnConnection", self._adapt_connection)
        async with connection._execute_mutex:
            self._facts = await connection.take_turn(lambda raw: _facts_of(ask(raw)))
        self._rows = deque(self._facts[3])


class OneTurnConnection(AsyncAdapt_aiosqlite_connection):
    """A connection whose cursors take one turn each."""

    __slots__ = ("_is_ending", "_is_settled")

    _cursor_cls: Any = OneTurnCursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        """Take over a connection of the driver's that is open."""
        super().__init__(dbapi, connection)
        #: whether the last turn was waited for: else nobody knows yet whether it began a transaction
        self._is_settled = True
        #: whether a close is under way that ends the thread, whoever waits for it
        self._is_ending = False

    async def take_turn(self, work: Callable[[sqlite3.Connection], Facts]) -> Facts:
        """Run `work` in the driver's thread."""
        driver = cast("Any", self._connection)
        self._is_settled = False
        try:
            facts: Facts = await driver._execute(work, driver._conn)
        except sqlite3.Error:
            self._is_settled = True
            raise
        self._is_settled = True
        return facts

    async def take_turn_alone(self, guard: str, parameters: list[Any], then: list[tuple[str, list[Any]]]) -> bool:
        """In one turn and one transaction: run an UPDATE, and the other statements if it changed something.

        Returns whether it did; if not, or when a statement fails, nothing is written.
        """
        driver = cast("Any", self._connection)
        return bool(await driver._execute(_write_guarded, driver._conn, guard, parameters, then))

    def rollback(self) -> None:
        """Roll back, if something was or may have been begun."""
        driver = cast("Any", self._connection)
        if self._is_settled and driver._connection and not driver.in_transaction:
            return
        super().rollback()
        self._is_settled = True

    def terminate(self) -> None:
        """Close what a cancelled task left, when the thread is through with it."""
        self._is_ending = in_greenlet()
        super().terminate()

    def _terminate_force_close(self) -> None:
        # The task was cancelled once more. The close goes on by itself; stopped twice, the thread would end before the
        # second stop, and the close would wait for that for ever.
        if not self._is_ending:
            super()._terminate_force_close()


class OneTurnDriver(AsyncAdapt_aiosqlite_dbapi):
    """The driver's module, as SQLAlchemy takes it."""

    def __init__(self) -> None:
        """Adapt aiosqlite."""
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> OneTurnConnection:
        """Open a connection and its thread, which does not keep the process alive."""
        connection: Any = aiosqlite.connect(*arg, **kw)
        connection._thread.daemon = True
        try:
            return OneTurnConnection(self, await_only(connection))
        except sqlite3.Error:
            # The thread was told to end and reports that to the loop, which may be closed by then.
            await_only(asyncio.to_thread(connection._thread.join, END_TIMEOUT_S))
            raise


def _write_guarded(
    raw: sqlite3.Connection, guard: str, parameters: list[Any], then: list[tuple[str, list[Any]]]
) -> bool:
    raw.execute("BEGIN IMMEDIATE")
    try:
        found = raw.execute(guard, parameters).rowcount > 0
        for statement, its_parameters in then if found else ():
            raw.execute(statement, its_parameters)
        raw.execute("COMMIT" if found else "ROLLBACK")
    except BaseException:  # raised again; a cancellation too must not leave the transaction open
        if raw.in_transaction:
            raw.rollback()
        raise
    return found


def _facts_of(cursor: sqlite3.Cursor) -> Facts:
    rows = cursor.fetchall() if cursor.description else []
    facts = (cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    cursor.close()
    return facts
