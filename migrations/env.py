"""Run migrations on SQLite or PostgreSQL, under a lock and with timeouts, so a deploy never hangs a live server."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, create_engine, event, pool, text

from nexus_server.store.migrate import is_ours
from nexus_server.store.models import Base
from nexus_server.store.models.base import UtcDateTime

ADVISORY_LOCK = 7_202_611


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types as SQLAlchemy's own, so that old migrations never depend on today's models."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return "PortableJSON"
    return False


url = context.config.attributes["url"]
engine = create_engine(url, poolclass=pool.NullPool)
is_sqlite = engine.dialect.name == "sqlite"
if is_sqlite:
    # Python's driver would commit before each change of the schema, and a migration that fails would be half there.
    event.listen(engine, "connect", lambda opened, _record: setattr(opened, "isolation_level", None))
    event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
with engine.connect() as connection:
    if not is_sqlite:
        connection.execute(text(f"SELECT pg_advisory_lock({ADVISORY_LOCK})"))
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text("SET statement_timeout = '300s'"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=is_sqlite,
        compare_type=True,
        include_name=is_ours,
        render_item=render_item,
        # All of them or none, on both databases.
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
