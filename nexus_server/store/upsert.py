"""Inserts that say what becomes of a row that is there already, on either database."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.models.base import Base


def insert_into(session: AsyncSession, model: type[Base]) -> postgresql.Insert:
    """Return an insert of the session's database, which knows `on_conflict_do_nothing` and `on_conflict_do_update`.

    SQLite's is of another class with the same methods.
    """
    is_postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(model) if is_postgres else sqlite.insert(model)  # type: ignore[return-value]
