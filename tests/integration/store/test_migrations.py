"""The migrations build exactly what the models describe, and can be undone, on both databases."""

import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import Engine, create_engine, inspect

from nexus_server.installation import MIGRATIONS
from nexus_server.store.database import Database
from nexus_server.store.migrate import downgrade, is_ours, upgrade
from nexus_server.store.models import Base
from nexus_server.store.newest_schema import bring_up_to_date
from nexus_server.store.schema import is_newest, newest_revision

TABLES = set(Base.metadata.tables)


def _sync_engine(database: Database) -> Engine:
    driver = "sqlite" if database.is_sqlite else "postgresql+psycopg"
    return create_engine(database.url.set(drivername=driver))


def test_the_models_and_the_migrated_schema_agree(database: Database) -> None:
    engine = _sync_engine(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_downgrade_removes_every_table_and_upgrade_brings_them_back(database: Database) -> None:
    engine = _sync_engine(database)
    downgrade(database.url)
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    upgrade(database.url)
    assert set(inspect(engine).get_table_names()) >= TABLES
    engine.dispose()


def test_the_newest_revision_is_the_one_that_nothing_follows() -> None:
    assert newest_revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def test_an_older_schema_is_brought_up_to_date(database: Database) -> None:
    assert is_newest(database.url)
    downgrade(database.url, "-1")
    assert not is_newest(database.url)
    bring_up_to_date(database.url)
    assert is_newest(database.url)
    downgrade(database.url)
    assert not is_newest(database.url)


def test_a_start_with_the_newest_schema_loads_no_alembic(sqlite_url: str) -> None:
    code = (
        "import sys\n"
        "from sqlalchemy import make_url\n"
        "from nexus_server.store.newest_schema import bring_up_to_date\n"
        "bring_up_to_date(make_url(sys.argv[1]))\n"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, sqlite_url], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_schema_of_the_installed_procrastinate_is_the_one_that_we_know() -> None:
    """A newer Procrastinate brings migrations of its own: add one of ours that runs them, then name its newest here."""
    newest = max(Path(SchemaManager.get_migrations_path()).glob("*.sql")).name
    assert newest == "03.04.00_50_post_add_retry_failed_job_procedure.sql"
