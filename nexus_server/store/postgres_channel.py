"""LISTEN and NOTIFY: messages between processes through the database that they share anyway."""

from collections.abc import Callable

from psycopg import AsyncConnection, OperationalError
from sqlalchemy import text

from nexus_server.store.database import Database, DatabaseUnavailableError

CHANNEL = "nexus_events"
#: seconds between looks whether a silent connection still lives
PROBE_S = 30.0
CONNECT_TIMEOUT_S = 5


class PostgresChannel:
    """Carries short texts to every process on the same PostgreSQL database."""

    name = "events-postgres"
    #: PostgreSQL's own limit is 8,000 bytes, the closing zero included
    max_bytes = 7_900

    def __init__(self, database: Database) -> None:
        """Send through `database`; listening takes a connection of its own."""
        self._database = database

    async def send(self, text_: str) -> None:
        """Send to whoever listens.

        Raises:
            DatabaseUnavailableError: the database is gone or restarting.
        """
        async with self._database.transaction() as session:
            await session.execute(text("SELECT pg_notify(:channel, :text)"), {"channel": CHANNEL, "text": text_})

    async def listen(self, hear: Callable[[str], None], *, on_ready: Callable[[], None]) -> None:
        """Give everything that is sent to `hear` until cancelled.

        Raises:
            DatabaseUnavailableError: the connection broke.
        """
        try:
            await self._listen(hear, on_ready)
        except OperationalError as exc:
            raise DatabaseUnavailableError(f"Messages are not heard: {exc}") from exc

    async def _listen(self, hear: Callable[[str], None], on_ready: Callable[[], None]) -> None:
        address = self._database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await AsyncConnection.connect(address, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            on_ready()
            while True:
                async for notice in connection.notifies(timeout=PROBE_S):
                    hear(notice.payload)
                await connection.execute("SELECT 1")
