"""Bring the database's schema to the newest revision."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError

from nexus_server.errors import ConflictError
from nexus_server.installation import MIGRATIONS


class SchemaError(ConflictError):
    """The database's schema cannot be brought up to date."""

    code = "schema"


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
    """Upgrade to `revision`; safe to call from several processes at once (PostgreSQL advisory lock, SQLite's own).

    Raises:
        SchemaError: the database does not answer, is none of ours, or a newer version wrote it.
    """
    where = url.render_as_string(hide_password=True)
    try:
        command.upgrade(alembic_config(url), revision)
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise SchemaError(f"{where} cannot be brought up to date: {reason}.") from error
    except UnicodeError as error:
        raise SchemaError(f"{where!r} is not the name of a database: {error}.") from error
    except CommandError as error:
        raise SchemaError(f"{where} was written by another version of this program: {error}.") from error


def downgrade(url: URL, revision: str = "base") -> None:
    """Downgrade to `revision`."""
    command.downgrade(alembic_config(url), revision)
