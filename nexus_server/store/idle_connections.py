"""Looking whether a pooled connection still lives, only where it rested: a question before every use doubles its cost.

A connection that was in use a moment ago is believed. If the database restarted in that moment, one request hears of
it (503, and the whole pool is made anew), as does every request that was under way.
"""

import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import InvalidatePoolError

#: seconds of rest after which a connection is asked before it is used
BELIEVED_S = 1.0
_USED = "nexus_used_at"


def ask_idle_connections(engine: Engine) -> None:
    """Ask connections of the engine's pool that rested whether they live, and make the pool anew when one does not."""

    @event.listens_for(engine, "checkin")
    def rest(_connection: Any, record: Any) -> None:
        record.info[_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        used_at = record.info.get(_USED)
        if used_at is None or time.monotonic() - used_at < BELIEVED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            if engine.dialect.is_disconnect(error, connection, None):
                raise InvalidatePoolError from error
            raise
