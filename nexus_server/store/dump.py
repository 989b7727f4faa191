"""Every row of the database as lines of JSON, and back: from SQLite or PostgreSQL to either of them."""

import base64
import json
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from typing import IO, Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Inspector,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.errors import ConflictError, InvalidError
from nexus_server.store.migrate import is_ours
from nexus_server.store.models import Base
from nexus_server.store.models.base import UtcDateTime

#: rows inserted at once
BATCH = 200
#: bytes of a row as a line; the largest notebook that can be handed in, with its results, takes less
MAX_ROW_BYTES = 256 * 1024 * 1024


class NotEmptyError(ConflictError):
    """The database holds data already; restore into an empty one."""

    code = "not_empty"


class BadRowsError(InvalidError):
    """Rows of this backup do not fit their table."""

    code = "bad_rows"


def tables() -> list[Table]:
    """Return every table, those that others point to first."""
    return list(Base.metadata.sorted_tables)


def stored_tables(connection: Connection) -> list[Table]:
    """Return every table as the database has it, which may be older than the models; theirs in the models' order."""
    inspector = inspect(connection)
    names = {name for name in inspector.get_table_names() if is_ours(name, "table", None)} - {"alembic_version"}
    known = [table.name for table in tables() if table.name in names]
    return [_stored(inspector, name) for name in [*known, *sorted(names - set(known))]]


def _stored(inspector: Inspector, name: str) -> Table:
    ours = Base.metadata.tables.get(name)
    keys = inspector.get_pk_constraint(name)["constrained_columns"]
    columns = [
        Column(
            found["name"],
            ours.c[found["name"]].type if ours is not None and found["name"] in ours.c else found["type"],
            primary_key=found["name"] in keys,
        )
        for found in inspector.get_columns(name)
    ]
    return Table(name, MetaData(), *columns)


async def dump_table(session: AsyncSession, table: Table) -> AsyncIterator[str]:
    """Yield each row of a table as one line of JSON; rows come before those that point to them."""
    query = select(table).order_by(*_order(table)).execution_options(yield_per=BATCH)
    result = await session.stream(query)
    async for row in result.mappings():
        yield json.dumps({column.name: _encode(row[column.name]) for column in table.columns}) + "\n"


async def load_table(session: AsyncSession, table: Table, lines: IO[bytes]) -> int:
    """Insert rows and return their number.

    Raises:
        BadRowsError: a line is no row of this table.
    """
    count = 0
    for batch in _batches(table, lines):
        try:
            await session.execute(insert(table), batch)
        except (StatementError, ValueError, OverflowError) as exc:
            raise _bad(table, count + 1, "these rows do not fit the table") from exc
        count += len(batch)
    await _continue_sequences(session, table)
    return count


async def check_empty(session: AsyncSession) -> None:
    """Refuse a database in which there is anything.

    Raises:
        NotEmptyError: there is.
    """
    for table in tables():
        if await session.scalar(select(func.count()).select_from(table)):
            raise NotEmptyError(f"The database holds data already ({table.name}); restore into an empty one.")


def _order(table: Table) -> list[ColumnElement[Any]]:
    ours = Base.metadata.tables.get(table.name, table)
    pointing = [key.parent.name for key in ours.foreign_keys if key.column.table is ours]
    moments = [table.c[name] for name in ("created_at", "received_at") if pointing and name in table.c]
    # Of one moment, first those that point to nothing.
    within = [table.c[name].is_not(None) for name in pointing if name in table.c]
    return [*moments, *within, *table.primary_key.columns]


async def _continue_sequences(session: AsyncSession, table: Table) -> None:
    """Let PostgreSQL count on after the highest key that was inserted; SQLite does so by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if isinstance(column.type, Integer):
            highest = await session.scalar(select(func.max(column)))
            sequence = await session.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
            if highest is not None and sequence is not None:
                await session.execute(
                    text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest}
                )


def _batches(table: Table, lines: IO[bytes]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    number = 0
    while line := lines.readline(MAX_ROW_BYTES):
        number += 1
        if not line.endswith(b"\n"):
            raise _bad(table, number, "the line has no end")
        batch.append(_row(table, number, line))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _row(table: Table, number: int, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise _bad(table, number, "a row is a JSON object")
        return {c.name: _decode(c, row[c.name]) for c in table.columns if c.name in row}
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as exc:
        raise _bad(table, number, "a value in it is not of its column's kind") from exc


def _bad(table: Table, number: int, why: str) -> BadRowsError:
    return BadRowsError(f"Row {number} of {table.name} in this backup cannot be restored: {why}.")


def _encode(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def _decode(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    if isinstance(column.type, UtcDateTime | DateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return UUID(value) if isinstance(column.type, Uuid) else value
