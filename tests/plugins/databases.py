"""Real databases: a fresh SQLite file, or a fresh PostgreSQL database in the server that `make test` started.

`database` runs its test on both. NEXUS_TEST_POSTGRES_URL names a PostgreSQL role that may create databases; without it
a throw-away cluster is started for the session.
"""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from nexus_server.store.database import Database, async_url
from nexus_server.store.migrate import upgrade
from tests.plugins.clusters import running_postgres, running_redis
from tests.plugins.nexus_processes import run_nexus


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """URL of a PostgreSQL server's maintenance database."""
    with ExitStack() as stack:
        url = os.environ.get("NEXUS_TEST_POSTGRES_URL") or stack.enter_context(running_postgres()).url
        stack.callback(lambda: _administrators(url).dispose())
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server_url: str) -> str:
    """Name of a migrated database that others are cloned from."""
    name = f"nexus_template_{uuid4().hex[:8]}"
    administer(postgres_server_url, f"CREATE DATABASE {name}")
    upgrade(make_url(postgres_server_url).set(database=name))
    return name


@pytest.fixture(scope="session")
def fresh_postgres(postgres_server_url: str, postgres_template: str) -> Iterator[Callable[[], str]]:
    """Makes migrated PostgreSQL databases, and returns their URLs; all are dropped at the end of the session."""
    urls: list[str] = []

    def make() -> str:
        urls.append(new_postgres(postgres_server_url, postgres_template))
        return urls[-1]

    yield make
    for url in urls:
        administer(postgres_server_url, f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


def new_postgres(server_url: str, template: str) -> str:
    """Return the URL of a new migrated database; a copy of the template's files takes half as long as its log."""
    name = f"nexus_test_{uuid4().hex[:8]}"
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def postgres_url(postgres_server_url: str, postgres_template: str) -> Iterator[str]:
    """URL of a fresh, migrated PostgreSQL database."""
    url = new_postgres(postgres_server_url, postgres_template)
    yield url
    administer(postgres_server_url, f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


@cache
def _administrators(server_url: str) -> Engine:
    """Return the connections that administer a server; a new one for each statement would cost more than it does."""
    return create_engine(server_url, isolation_level="AUTOCOMMIT")


def administer(server_url: str, statement: str) -> None:
    """Run a statement that no transaction may hold, such as CREATE DATABASE."""
    with _administrators(server_url).connect() as connection:
        connection.execute(text(statement))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that others are copied from."""
    path = tmp_path_factory.mktemp("template") / "nexus.db"
    upgrade(async_url(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def product_database(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that has the product's content, and nobody."""
    data = tmp_path_factory.mktemp("product")
    shutil.copyfile(sqlite_template, data / "nexus.db")
    synced = run_nexus("content", "sync", environment={"NEXUS_DATA_DIR": str(data), "NEXUS_DATABASE_URL": ""})
    assert synced.returncode == 0, synced.stdout + synced.stderr
    return data / "nexus.db"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """URL of a fresh, migrated SQLite database."""
    path = tmp_path / "nexus.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database of each kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open fresh database of each kind in turn."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """URL of a real Redis server, started for the session."""
    with running_redis() as server:
        yield server.url
