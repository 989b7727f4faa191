"""The way to the database: one engine, short transactions, the same on SQLite and PostgreSQL."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import event, make_url, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from nexus_server.errors import UnavailableError

T = TypeVar("T")

SQLITE_BUSY_TIMEOUT_S = 30
#: execution option of connections that will not write
READ_ONLY = "nexus_read_only"


class DatabaseUnavailableError(UnavailableError):
    """The database does not answer right now."""

    code = "database_unavailable"


def async_url(url: str) -> URL:
    """Return `url` with the asyncio driver that we use: aiosqlite or psycopg 3."""
    parsed = make_url(url)
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
    return parsed.set(drivername=driver.get(parsed.drivername, parsed.drivername))


class Database:
    """An engine and its sessions. Open with a URL, close with `close`."""

    def __init__(self, url: str, *, pool_size: int = 10, statement_timeout_ms: int = 15_000) -> None:
        """Prepare the engine; nothing is connected before the first transaction."""
        self.url = async_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: AsyncEngine = create_async_engine(self.url, **self._options(pool_size, statement_timeout_ms))
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _sqlite_on_connect)
            event.listen(self.engine.sync_engine, "begin", _sqlite_on_begin)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    def _options(self, pool_size: int, statement_timeout_ms: int) -> dict[str, Any]:
        if self.is_sqlite:
            return {"connect_args": {"timeout": SQLITE_BUSY_TIMEOUT_S}}
        return {
            "pool_size": pool_size,
            "max_overflow": 0,
            "pool_pre_ping": True,
            "pool_timeout": 5,
            "connect_args": {
                "options": f"-c statement_timeout={statement_timeout_ms} -c lock_timeout=5000 -c timezone=UTC"
            },
        }

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Give a session inside one transaction: committed at the end, rolled back on any error.

        Raises:
            DatabaseUnavailableError: the database is gone, restarting, or its pool is exhausted.
        """
        try:
            async with self._sessions() as session, session.begin():
                yield session
        except (OperationalError, InterfaceError, PoolTimeoutError) as exc:
            raise DatabaseUnavailableError(retry_after_s=2) from exc

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Give a session that sees the database as it is now for as long as it lasts, while others write.

        Raises:
            DatabaseUnavailableError: the database is gone or restarting.
        """
        try:
            async with self._sessions(bind=self.engine.execution_options(**self._snapshot)) as session:
                yield session
        except (OperationalError, InterfaceError, PoolTimeoutError) as exc:
            raise DatabaseUnavailableError(retry_after_s=2) from exc

    @property
    def _snapshot(self) -> dict[str, Any]:
        return {READ_ONLY: True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}

    async def run_sync(self, look: Callable[[Connection], T]) -> T:
        """Let a synchronous function look at the database through a connection.

        Raises:
            DatabaseUnavailableError: the database is gone or restarting.
        """
        try:
            async with self.engine.connect() as connection:
                return await connection.run_sync(look)
        except (OperationalError, InterfaceError, PoolTimeoutError) as exc:
            raise DatabaseUnavailableError(retry_after_s=2) from exc

    async def ping(self) -> None:
        """Do nothing, successfully.

        Raises:
            DatabaseUnavailableError: it cannot even do that.
        """
        async with self.transaction() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


def _sqlite_on_connect(connection: Any, _record: Any) -> None:
    # The driver's own transaction control would commit before DDL and begin too late for BEGIN IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=NORMAL",
        f"busy_timeout={SQLITE_BUSY_TIMEOUT_S * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_on_begin(connection: Any) -> None:
    # A deferred transaction that turns writer fails at once with "database is locked"; an immediate one waits its turn.
    is_read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")
