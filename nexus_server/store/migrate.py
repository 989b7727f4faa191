"""Bring the database's schema to the newest revision."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError

from nexus_server.errors import ConflictError
from nexus_server.installation import MIGRATIONS
from nexus_server.store.schema import migration_url

#: made by a migration, for `full_text`: the models have no word for them
_WORD_INDEXES = ("ix_threads_words", "ix_posts_words")


class SchemaError(ConflictError):
    """The database's schema cannot be brought up to date."""

    code = "schema"


@dataclass(frozen=True, slots=True)
class Migration:
    """A step of the schema, and what it is about."""

    revision: str
    title: str


def alembic_config(url: URL, migrations: Path = MIGRATIONS) -> Config:
    """Return Alembic's configuration for `url` (any driver; migrations run synchronously on psycopg or pysqlite)."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["url"] = migration_url(url)
    return config


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether our models describe something in the database: not Procrastinate's tables, nor what search is made of."""
    if kind == "index":
        return name not in _WORD_INDEXES
    return not (kind == "table" and name is not None and name.startswith(("procrastinate_", "forum_words")))


def find_pending(connection: Connection) -> bool:
    """Whether the schema is older than the newest revision, or was never made."""
    return find_revision(connection) != ScriptDirectory(str(MIGRATIONS)).get_current_head()


def pending(connection: Connection, migrations: Path = MIGRATIONS) -> list[Migration]:
    """Return the steps from the database's revision to the newest one, the first to be taken first.

    Raises:
        SchemaError: a newer version of this program wrote the database.
    """
    scripts, revision = ScriptDirectory(str(migrations)), find_revision(connection)
    try:
        steps = list(scripts.iterate_revisions("head", revision or "base"))
    except (CommandError, RevisionError) as error:
        raise SchemaError(f"The database was written by another version of this program: {error}.") from error
    return [Migration(step.revision, step.doc) for step in reversed(steps)]


def find_revision(connection: Connection) -> str | None:
    """Return the schema's revision; None in a database without ours."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(url: URL, revision: str = "head", *, migrations: Path = MIGRATIONS) -> None:
    """Upgrade to `revision`, by all steps or by none.

    It is safe to call from several processes at once (PostgreSQL advisory lock, SQLite's own).

    Raises:
        SchemaError: the database does not answer, is none of ours, or a newer version wrote it.
    """
    where = url.render_as_string(hide_password=True)
    try:
        command.upgrade(alembic_config(url, migrations), revision)
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
