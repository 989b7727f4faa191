"""Whether a database has the newest schema, found out without Alembic, which takes long to load."""

from pathlib import Path

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from nexus_server.installation import MIGRATIONS

REVISIONS = text("SELECT version_num FROM alembic_version")


def migration_url(url: URL) -> URL:
    """Return the address with the driver that migrations run on, synchronously: psycopg or pysqlite."""
    return url.set(drivername={"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}[url.get_backend_name()])


def newest_revision(migrations: Path = MIGRATIONS) -> str:
    """Return the revision of the newest migration, which its file's name begins with."""
    return max(path.name.partition("_")[0] for path in (migrations / "versions").glob("[0-9]*_*.py"))


def is_newest(url: URL) -> bool:
    """Whether the database answers, and has the newest schema."""
    engine = create_engine(migration_url(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return list(connection.scalars(REVISIONS)) == [newest_revision()]
    except (DBAPIError, UnicodeError):
        return False
    finally:
        engine.dispose()
