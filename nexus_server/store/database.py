"""The way to the database: one engine, short transactions, the same on SQLite and PostgreSQL."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from typing import Any, TypeVar

from sqlalchemy import Executable, event, make_url, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.util import greenlet_spawn

from nexus_server.errors import InvalidError, UnavailableError, WriteConflictError
from nexus_server.fast_paths.guarded import GuardedInsert
from nexus_server.fast_paths.sqlite_driver import OneTurnDriver
from nexus_server.store.idle_connections import ask_idle_connections
from nexus_server.store.storable import clean_parameters, storable_json

T = TypeVar("T")

SQLITE_BUSY_TIMEOUT_S = 30
#: seconds for which readers of an older state may keep its log from being emptied
SCRUB_TIMEOUT_S = 1.0
#: SQLite has one writer at a time: ours queue for one connection, in order, instead of polling for its lock
SQLITE_WRITERS = 1
#: each is a thread of the driver's; more would only wait for each other
SQLITE_READERS = 4
#: execution option of connections that read one state of the database, for as long as they are open
SNAPSHOT = "nexus_snapshot"
#: execution options of PostgreSQL's connections for a transaction. They are laid upon a connection that somebody has
#: and closes: an engine's own are set before that, and who is cancelled then leaves it to the garbage collector.
TRANSACTIONAL = {"isolation_level": "READ COMMITTED"}
#: PostgreSQL's connections break when the other side is silent for some 20 s: a network that was cut breaks none
SILENCE: dict[str, int] = {
    "connect_timeout": 10,
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}
#: SQLSTATEs of transactions that lost against another one: serialization_failure, deadlock_detected
LOST = {"40001", "40P01"}


class DatabaseUnavailableError(UnavailableError):
    """The database does not answer right now."""

    code = "database_unavailable"


class DamagedDatabaseError(UnavailableError):
    """The database's file is not a database, or is damaged; a backup brings it back."""

    code = "damaged_database"


class BadDatabaseUrlError(InvalidError):
    """NEXUS_DATABASE_URL must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE."""

    code = "bad_database_url"


#: the drivers that we use, by the database's names
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def async_url(url: str) -> URL:
    """Return `url` with the asyncio driver that we use: aiosqlite or psycopg 3.

    Raises:
        BadDatabaseUrlError: it is no URL, or of another database.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise BadDatabaseUrlError from None  # the text of the cause holds the password
    driver = _DRIVERS.get(parsed.drivername.partition("+")[0])
    if driver is None:
        raise BadDatabaseUrlError
    return parsed.set(drivername=driver)


class ReadingSession(Session):
    """A session of `Database.reading`: what would be written in it would be lost, so it refuses to."""


class WriteInReadingError(TypeError):
    """A session of `reading` cannot write: use `transaction`."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


@event.listens_for(ReadingSession, "before_flush")
def _refuse_flush(session: Session, _context: object, _instances: object) -> None:
    if session.new or session.dirty or session.deleted:
        raise WriteInReadingError


@event.listens_for(ReadingSession, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise WriteInReadingError


class Database:
    """An engine and its sessions. Open with a URL, close with `close`."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        pool_timeout_s: float = 15,
        statement_timeout_ms: int = 15_000,
        fast_paths: bool = True,
    ) -> None:
        """Prepare the engine; nothing is connected before the first transaction.

        Who finds all connections in use waits `pool_timeout_s`, as long as a statement may take: in a class at work
        many wait for some seconds, and an error would lose what they were about to do.
        """
        self.url = async_url(url)
        #: whether what is asked for all the time goes the shorter ways of `nexus_server.fast_paths`
        self.fast_paths = fast_paths
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: AsyncEngine
        self._reading_engine: AsyncEngine
        #: for statements that are a transaction by themselves
        self._single: AsyncEngine
        if self.is_sqlite:
            self.engine, self._reading_engine = self._sqlite(SQLITE_WRITERS), self._sqlite(SQLITE_READERS)
            self._single = self.engine
            event.listen(self.engine.sync_engine, "begin", _begin_immediate)
            event.listen(self._reading_engine.sync_engine, "begin", _begin_snapshot)
        else:
            # Without BEGIN and COMMIT a statement costs one round trip instead of three. The same connections are
            # switched over for a transaction: there are fewer of those than of reads.
            self._single = self._postgres(pool_size, pool_timeout_s, statement_timeout_ms)
            self._reading_engine = self._single.execution_options()
            self.engine = self._single.execution_options()
        event.listen(self._reading_engine.sync_engine, "before_execute", _refuse_write)
        self._is_closed = False
        for pool in self.pools:
            event.listen(pool, "checkin", self._close_late)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._readers = async_sessionmaker(
            self._reading_engine, sync_session_class=ReadingSession, expire_on_commit=False
        )

    def _sqlite(self, connections: int) -> AsyncEngine:
        engine = create_async_engine(
            self.url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=SQLITE_BUSY_TIMEOUT_S,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_S},
            json_serializer=storable_json,
            **({"module": OneTurnDriver()} if self.fast_paths else {}),
        )
        clean_parameters(engine)
        event.listen(engine.sync_engine, "connect", _sqlite_on_connect)
        return engine

    def _postgres(self, pool_size: int, pool_timeout_s: float, statement_timeout_ms: int) -> AsyncEngine:
        options = f"-c statement_timeout={statement_timeout_ms} -c lock_timeout=5000 -c timezone=UTC"
        engine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_timeout_s,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            connect_args={"options": options, **SILENCE},
            json_serializer=storable_json,
        )
        clean_parameters(engine)
        ask_idle_connections(engine.sync_engine)
        return engine

    @property
    def pools(self) -> list[Pool]:
        """The pools of connections: one, or on SQLite the writers' and the readers'."""
        engines = [self.engine, self._reading_engine] if self.is_sqlite else [self.engine]
        return [engine.pool for engine in engines]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Give a session inside one transaction: committed at the end, rolled back on any error.

        Raises:
            DatabaseUnavailableError: the database is gone, restarting, or its pool is exhausted.
            WriteConflictError: another transaction won; the same one may succeed when it is tried again.
        """
        with _translated():
            async with self._sessions() as session, session.begin():
                if not self.is_sqlite:
                    await session.connection(execution_options=TRANSACTIONAL)
                yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Give a session for reading: it waits for no writer and holds none up.

        Each statement sees what is committed by then, as in PostgreSQL's transactions.

        Raises:
            DatabaseUnavailableError: the database is gone, restarting, or its pool is exhausted.
            WriteInReadingError: a mistake in the code.
        """
        with _translated():
            async with self._readers() as session:
                yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Give a session for reading that sees the database as it is now for as long as it lasts, while others write.

        Raises:
            DatabaseUnavailableError: the database is gone or restarting.
            WriteInReadingError: a mistake in the code.
        """
        options = {SNAPSHOT: True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with _translated():
            async with self._readers() as session:
                await session.connection(execution_options=options)
                yield session

    async def read(self, look: Callable[[Connection], T]) -> T:
        """Let a function look at the database through a plain connection: the cheapest way to read.

        What is asked for all the time reads so, by few statements that were made once; `reading` is for the rest.

        Raises:
            DatabaseUnavailableError: the database is gone, restarting, or its pool is exhausted.
            WriteInReadingError: a mistake in the code.
        """
        with _translated():
            if self.fast_paths:
                return await greenlet_spawn(self._look, look)
            async with self._reading_engine.connect() as connection:
                return await connection.run_sync(look)

    def _look(self, look: Callable[[Connection], T]) -> T:
        with self._reading_engine.sync_engine.connect() as connection:
            return look(connection)

    async def write_guarded(self, insert: GuardedInsert, values: Mapping[str, Any]) -> bool:
        """Insert rows if the UPDATE before them finds its row, all in one transaction; returns whether it did.

        The cheapest way to write, for what is written all the time; `transaction` is for the rest.

        Raises:
            DatabaseUnavailableError: the database is gone, restarting, or its pool is exhausted.
            WriteConflictError: another transaction won; the same one may succeed when it is tried again.
        """
        with _translated():
            if self.fast_paths:
                return await greenlet_spawn(self._write_guarded, insert, values)
            async with self.engine.connect() as connection:
                if not self.is_sqlite:
                    await connection.execution_options(**TRANSACTIONAL)
                async with connection.begin():
                    return await connection.run_sync(insert.write_plainly, values)

    def _write_guarded(self, insert: GuardedInsert, values: Mapping[str, Any]) -> bool:
        with self._single.sync_engine.connect() as connection:
            return insert.write(connection, values)

    async def ping(self) -> None:
        """Do nothing, successfully.

        Raises:
            DatabaseUnavailableError: it cannot even do that.
        """
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def scrub(self) -> None:
        """Empty SQLite's log of changes, where rows that were deleted can still be read.

        That waits for whoever reads an older state, but no longer than a second: what is left then goes at the next
        call, or when the last connection is closed. PostgreSQL vacuums by itself.
        """
        if self.is_sqlite and self.url.database:
            with _translated():
                await asyncio.to_thread(_empty_log, self.url.database)

    def _close_late(self, _connection: object, entry: ConnectionPoolEntry) -> None:
        """Close a connection that comes back after the end: nobody would look into its pool any more."""
        if self._is_closed:
            entry.close()

    async def close(self) -> None:
        """Give every connection back; one that is in use, when its user is through."""
        self._is_closed = True
        await self.engine.dispose()
        if self.is_sqlite:
            await self._reading_engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as exc:
        sqlstate = getattr(getattr(exc, "orig", None), "sqlstate", None)
        raise (WriteConflictError if sqlstate in LOST else DatabaseUnavailableError)(retry_after_s=2) from exc
    except DatabaseError as exc:
        if type(exc) is not DatabaseError:  # its kinds are about single statements
            raise
        raise DamagedDatabaseError(retry_after_s=60) from exc


def _sqlite_on_connect(connection: Any, _record: Any) -> None:
    # The driver's own transaction control would commit before DDL and begin too late for BEGIN IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=NORMAL",
        # What was deleted is overwritten, not only forgotten: a deleted account leaves nothing on the disk.
        "secure_delete=ON",
        f"busy_timeout={SQLITE_BUSY_TIMEOUT_S * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _empty_log(path: str) -> None:
    with closing(sqlite3.connect(path, timeout=SCRUB_TIMEOUT_S)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _refuse_write(
    _connection: Connection, statement: Executable, _many: object, _parameters: object, _options: object
) -> None:
    if statement.is_dml:
        raise WriteInReadingError


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that turns writer fails at once with "database is locked"; an immediate one waits its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_snapshot(connection: Connection) -> None:
    if connection.get_execution_options().get(SNAPSHOT, False):
        connection.exec_driver_sql("BEGIN")
