"""What a process remembers of live sessions, so that not every request asks the database."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from nexus_server.learner import Learner

MAX_SESSIONS = 10_000


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that was neither revoked nor over when it was read, and whose it is."""

    learner: Learner
    expires_at: datetime


class SessionCache(Protocol):
    """Remembers live sessions for a moment."""

    async def find(self, session_id: UUID) -> LiveSession | None:
        """Return the session if it is remembered and still fresh."""
        ...

    async def remember(self, session_id: UUID, session: LiveSession) -> None:
        """Remember a session that was just read from the database."""
        ...

    async def forget(self, session_id: UUID) -> None:
        """Drop a session that changed or ended: the next reader must ask the database."""
        ...


class LocalSessionCache:
    """Remembers within this process for less than a second, which bounds how late a revocation elsewhere is seen."""

    def __init__(self, fresh_s: float) -> None:
        """Trust an entry for `fresh_s` seconds."""
        self._fresh_s = fresh_s
        self._entries: dict[UUID, tuple[float, LiveSession]] = {}

    async def find(self, session_id: UUID) -> LiveSession | None:
        """Return the session if it was read less than `fresh_s` seconds ago."""
        entry = self._entries.get(session_id)
        if entry is None or entry[0] < time.monotonic():
            return None
        return entry[1]

    async def remember(self, session_id: UUID, session: LiveSession) -> None:
        """Remember, dropping everything when full (entries live for less than a second anyway)."""
        if len(self._entries) >= MAX_SESSIONS:
            self._entries.clear()
        self._entries[session_id] = (time.monotonic() + self._fresh_s, session)

    async def forget(self, session_id: UUID) -> None:
        """Drop the entry."""
        self._entries.pop(session_id, None)
