"""Every row of the database as lines of JSON, and back: from SQLite or PostgreSQL to either of them."""

import base64
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Integer, LargeBinary, Table, Uuid, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.errors import ConflictError
from nexus_server.store.models import Base
from nexus_server.store.models.base import UtcDateTime

#: rows inserted at once
BATCH = 200


class NotEmptyError(ConflictError):
    """The database holds data already; restore into an empty one."""

    code = "not_empty"


def tables() -> list[Table]:
    """Return every table, those that others point to first."""
    return list(Base.metadata.sorted_tables)


async def dump_table(session: AsyncSession, table: Table) -> AsyncIterator[str]:
    """Yield each row of a table as one line of JSON; rows come before those that point to them."""
    query = select(table).order_by(*_order(table)).execution_options(yield_per=BATCH)
    result = await session.stream(query)
    async for row in result.mappings():
        yield json.dumps({column.name: _encode(row[column.name]) for column in table.columns}) + "\n"


async def load_table(session: AsyncSession, table: Table, lines: Iterable[str]) -> int:
    """Insert rows and return their number."""
    count = 0
    for batch in _batches(lines):
        rows = [{c.name: _decode(c, row[c.name]) for c in table.columns if c.name in row} for row in batch]
        await session.execute(insert(table), rows)
        count += len(rows)
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


def _order(table: Table) -> list[Column[Any]]:
    points_to_itself = any(key.column.table is table for key in table.foreign_keys)
    if points_to_itself and "created_at" in table.c:
        return [table.c.created_at, *table.primary_key.columns]
    return list(table.primary_key.columns)


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


def _batches(lines: Iterable[str]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for line in lines:
        batch.append(json.loads(line))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


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
