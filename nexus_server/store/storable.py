"""Text that either database can keep: PostgreSQL has no NUL, and UTF-8 no halves of surrogate pairs.

Requests are cleaned at the border (`characters`); what a cell printed or a program computed comes in elsewhere. It is
replaced by U+FFFD on the way to the database, so that a site behaves the same on either one and nobody meets an error.
"""

import json
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from nexus_server.characters import UNSTORABLE, may_hold_unstorable, storable, without


def storable_json(value: Any) -> str:
    """Return a JSON column's value as text; the engines' `json_serializer`."""
    text = json.dumps(value)
    return json.dumps(without(UNSTORABLE, value)) if may_hold_unstorable(text.encode()) else text


def clean_parameters(engine: AsyncEngine) -> None:
    """Let every statement of an engine carry storable text only."""

    @event.listens_for(engine.sync_engine, "before_cursor_execute", retval=True)
    def clean(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> tuple[str, Any]:
        # A list is many rows. The event's own flag says something else: a batch with RETURNING comes as one row.
        if isinstance(parameters, list):
            return statement, [_clean_row(row) for row in parameters]
        return statement, _clean_row(parameters)


def _clean_row(row: Any) -> Any:
    if isinstance(row, dict):
        return {name: storable(value) for name, value in row.items()}
    return tuple(storable(value) for value in row)
