"""Closes what stays open when a login ends: a WebSocket is authenticated once, but lives for hours."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import select

from nexus_server.clock import Clock
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import AuthSession, User
from nexus_server.tasks import Part, end_task, forever

#: seconds between two looks for sessions that another process ended
INTERVAL_S = 0.5

OnEnd = Callable[[], None]


class SessionWatch:
    """Calls back when a watched session is revoked, runs out, or its user is disabled. A `Background`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Watch nothing yet."""
        self._database = database
        self._clock = clock
        self._watched: defaultdict[UUID, set[OnEnd]] = defaultdict(set)
        self._part: Part | None = None

    @contextmanager
    def watching(self, session_id: UUID, on_end: OnEnd) -> Iterator[None]:
        """Call `on_end` once, on the event loop, if the session ends while the context is open."""
        self.add(session_id, on_end)
        try:
            yield
        finally:
            self.remove(session_id, on_end)

    def add(self, session_id: UUID, on_end: OnEnd) -> None:
        """Call `on_end` once, on the event loop, when the session ends."""
        self._watched[session_id].add(on_end)

    def remove(self, session_id: UUID, on_end: OnEnd) -> None:
        """Stop calling `on_end`; harmless when it is not watched (any more)."""
        callbacks = self._watched.get(session_id)
        if callbacks is not None:
            callbacks.discard(on_end)
            if not callbacks:
                del self._watched[session_id]

    def end(self, session_id: UUID) -> None:
        """Tell everybody who watches a session that it ended."""
        for on_end in self._watched.pop(session_id, set()):
            on_end()

    async def start(self) -> None:
        """Begin to look for sessions that another process ended."""
        self._part = forever("session-watch", self.check, every_s=INTERVAL_S, delay_s=INTERVAL_S)

    async def stop(self) -> None:
        """Stop looking."""
        await end_task(self._part)

    async def check(self) -> None:
        """End every watched session that is not live any more.

        Raises:
            UnavailableError: the database does not answer. Nobody is thrown out for that; the next look decides.
        """
        watched = list(self._watched)
        if not watched:
            return
        async with self._database.reading() as session:
            live = await session.scalars(
                select(AuthSession.id)
                .join(User, User.id == AuthSession.user_id)
                .where(
                    AuthSession.id.in_(watched),
                    AuthSession.revoked_at.is_(None),
                    AuthSession.expires_at > self._clock.now(),
                    User.disabled_at.is_(None),
                )
            )
            alive = set(live)
        for session_id in watched:
            if session_id not in alive:
                self.end(session_id)
