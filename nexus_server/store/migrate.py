"""Bring the database's schema to the newest revision."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL, Connection

from nexus_server.installation import MIGRATIONS


def alembic_config(url: URL) -> Config:
    """Return Alembic's configuration for `url` (any driver; migrations run synchronously on psycopg or pysqlite)."""
    driver = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}[url.get_backend_name()]
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url.set(drivername=driver)
    return config


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether something in the database is described by our models; Procrastinate's tables are its own affair."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def find_pending(connection: Connection) -> bool:
    """Whether the schema is older than the newest revision, or was never made."""
    return find_revision(connection) != ScriptDirectory(str(MIGRATIONS)).get_current_head()


def find_revision(connection: Connection) -> str | None:
    """Return the schema's revision; None in a database without ours."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(url: URL, revision: str = "head") -> None:
    """Upgrade to `revision`; safe to call from several processes at once (PostgreSQL advisory lock, SQLite's own)."""
    command.upgrade(alembic_config(url), revision)


def downgrade(url: URL, revision: str = "base") -> None:
    """Downgrade to `revision`."""
    command.downgrade(alembic_config(url), revision)
