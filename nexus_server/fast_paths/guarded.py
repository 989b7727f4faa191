"""Rows that are inserted only where an UPDATE finds its row, at the least cost.

That is one round trip to PostgreSQL, where the parts are one statement, which needs no BEGIN and COMMIT around it, and
one turn of the driver's thread on SQLite.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Executable, Table, Update, bindparam, insert, literal_column, select
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.util import await_only

from nexus_server.characters import storable

#: what SQLite's driver takes: the statement, and a function from values to its parameters
_Text = tuple[str, Callable[[Mapping[str, Any]], list[Any]]]


@dataclass(frozen=True)
class GuardedInsert:
    """Made once, used often. Values are called as the guard's own parameters are, and `<table>_<column>`."""

    guard: Update
    rows: Sequence[tuple[Table, Sequence[str]]]

    def write(self, connection: Connection, values: Mapping[str, Any]) -> bool:
        """Write everything if the guard's UPDATE finds a row, else nothing; returns whether it did.

        `connection` is of an engine that commits each statement (PostgreSQL), or has begun nothing (SQLite).
        """
        if connection.dialect.name == "sqlite":
            driver: Any = connection.connection.dbapi_connection
            first, *then = [(text, parameters(values)) for text, parameters in self._texts(connection.dialect)]
            try:
                return bool(await_only(driver.take_turn_alone(*first, then)))
            except sqlite3.Error as exc:
                kind = IntegrityError if isinstance(exc, sqlite3.IntegrityError) else OperationalError
                raise kind(first[0], None, exc) from exc
        return connection.execute(self._as_one, dict(values)).first() is not None

    def write_plainly(self, connection: Connection, values: Mapping[str, Any]) -> bool:
        """Do the same statement by statement, in the transaction of `connection`."""
        of_rows = {f"{table.name}_{name}" for table, names in self.rows for name in names}
        asked = {name: value for name, value in values.items() if name not in of_rows}
        if connection.execute(self.guard, asked).rowcount == 0:
            return False
        for table, names in self.rows:
            connection.execute(insert(table), {name: values[f"{table.name}_{name}"] for name in names})
        return True

    @cached_property
    def _as_one(self) -> Executable:
        found = self.guard.returning(literal_column("1").label("found")).cte("found")
        *firsts, last = [
            insert(table).from_select(
                list(names), select(*_binds(table, names)).select_from(found), include_defaults=False
            )
            for table, names in self.rows
        ]
        return last.add_cte(*(first.cte(f"rows_{number}") for number, first in enumerate(firsts))).returning(
            literal_column("1")
        )

    def _texts(self, dialect: Dialect) -> list[_Text]:
        if not self._compiled:
            inserts = [
                insert(table).values(dict(zip(names, _binds(table, names), strict=True))) for table, names in self.rows
            ]
            self._compiled.extend(_compile(statement, dialect) for statement in (self.guard, *inserts))
        return self._compiled

    @cached_property
    def _compiled(self) -> list[_Text]:
        return []


def _binds(table: Table, names: Sequence[str]) -> list[Any]:
    return [bindparam(f"{table.name}_{name}", type_=table.c[name].type) for name in names]


def _compile(statement: Executable, dialect: Dialect) -> _Text:
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    names: list[str] = list(compiled.positiontup)
    fixed = compiled.params
    processors = {name: compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}

    def parameters(values: Mapping[str, Any]) -> list[Any]:
        found = []
        for name in names:
            value = storable(values.get(name, fixed[name]))
            processor = processors[name]
            found.append(processor(value) if processor else value)
        return found

    return str(compiled), parameters
