"""A row of everything: fills every table of the schema with values that are hard to carry, and reads them back."""

import ast
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    insert,
)

from nexus_server.store.database import Database
from nexus_server.store.dump import dump_table, tables
from nexus_server.store.models.base import UtcDateTime

#: of each table; the one in the middle has NULL wherever it may
ROWS = 3
START = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)
HARD_TEXT = "Größe “quoted” 'single' \\ back\tslash\r\n\u2028 \U0001f600 %s :name {x} <b>"
HARD_JSON = {"ключ": [1, 2.5, -0.0, 1e-300, 2**53, None, True, {"": 'größe\n\\"'}], "empty": {}, "list": []}

Row = dict[str, Any]


async def fill(database: Database) -> None:
    """Put `ROWS` rows into every table."""
    made: dict[str, list[Row]] = {}
    async with database.transaction() as session:
        for table in tables():
            made[table.name] = []
            for number in range(ROWS):
                row = {column.name: _value(table, column, number, made) for column in table.columns}
                row |= {names[number % 2]: None for names in _alternatives(table)}
                made[table.name].append(row)
                await session.execute(insert(table), row)


async def read_all(database: Database) -> Mapping[str, list[Row]]:
    """Return every row of every table, by table."""
    found: dict[str, list[Row]] = {}
    async with database.snapshot() as session:
        for table in tables():
            found[table.name] = [json.loads(line) async for line in dump_table(session, table)]
    return found


def _value(table: Table, column: Column[Any], number: int, made: Mapping[str, list[Row]]) -> Any:
    for key in column.foreign_keys:
        others = made[key.column.table.name]
        if key.column.table is table:  # each points to the one before it
            return others[-1][key.column.name] if others else None
        return others[number][key.column.name]
    if column.nullable and number == 1:
        return None
    choices = _choices(table, column)
    return choices[number % len(choices)] if choices else _of_type(table, column, number)


def _alternatives(table: Table) -> list[tuple[str, ...]]:
    """Return the pairs of columns of which a CHECK allows one: ``(a is null) <> (b is null)``."""
    texts = [str(each.sqltext) for each in table.constraints if isinstance(each, CheckConstraint)]
    found = (re.fullmatch(r"\((\w+) is null\) <> \((\w+) is null\)", text) for text in texts)
    return [match.groups() for match in found if match]


def _choices(table: Table, column: Column[Any]) -> list[Any]:
    """Return what a CHECK of the form ``column in (...)`` allows."""
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            found = re.fullmatch(rf"{column.name} in \((.*)\)", str(constraint.sqltext))
            if found:
                return list(ast.literal_eval(f"[{found[1]}]"))
    return []


def _of_type(table: Table, column: Column[Any], number: int) -> Any:
    kind = column.type
    if isinstance(kind, String):  # Text is one, too
        text = f"{number}{column.name} {HARD_TEXT}"
        return text[: kind.length] if kind.length else text * 50
    makers: list[tuple[type, Any]] = [
        (Uuid, uuid5(NAMESPACE_URL, f"{table.name}.{column.name}.{number}")),
        (Boolean, number % 2 == 0),
        (Float, 1 / 3 + number),
        (Integer, number + 1),
        (UtcDateTime, START + timedelta(days=number, microseconds=number)),
        (Date, date(2024, 2, 29) + timedelta(days=number)),
        (LargeBinary, bytes(range(256)) * (number + 1)),
        (JSON, [HARD_JSON, number]),
    ]
    return next(value for of, value in makers if isinstance(kind, of))
