"""Bringing a database up to date: most starts find it so, and need not load what changes it."""

from sqlalchemy.engine import URL

from nexus_server.store.schema import is_newest


def bring_up_to_date(url: URL) -> None:
    """Give the database the newest schema, unless it has that.

    Raises:
        SchemaError: see `migrate.upgrade`.
    """
    if is_newest(url):
        return
    from nexus_server.store.migrate import upgrade  # noqa: PLC0415  Alembic takes long to load

    upgrade(url)
