"""What a process remembers of live sessions, so that not every request asks the database."""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from nexus_server.languages import find_language
from nexus_server.learner import Learner, Role
from nexus_server.store.redis import RedisStore, RedisUnavailableError
from nexus_server.tasks import once

MAX_SESSIONS = 10_000
#: seconds for which Redis keeps a session's row
SHARED_S = 30
#: what stands in Redis for a session that just changed, and for how many seconds: longer than any read is under way
CHANGED = ""
CHANGED_S = 10


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


class RedisSessionCache:
    """Shares session rows between processes, behind each process's own memory.

    A changed session is not deleted but marked: a reader that was under way with the old row cannot bring it back,
    because it only writes where nothing is.
    """

    def __init__(self, redis: RedisStore, local: LocalSessionCache) -> None:
        """Look into `local` first, then into `redis`."""
        self._redis = redis
        self._local = local

    async def find(self, session_id: UUID) -> LiveSession | None:
        """Return the session if either remembers it."""
        session = await self._local.find(session_id)
        if session is not None:
            return session
        with suppress(RedisUnavailableError):
            text = await self._redis.call(lambda redis: redis.get(_key(session_id)))
            session = _decode(text) if text else None
        if session is not None:
            await self._local.remember(session_id, session)
        return session

    async def remember(self, session_id: UUID, session: LiveSession) -> None:
        """Remember in both."""
        await self._local.remember(session_id, session)
        with suppress(RedisUnavailableError):
            await self._redis.call(lambda redis: redis.set(_key(session_id), _encode(session), nx=True, ex=SHARED_S))

    async def forget(self, session_id: UUID) -> None:
        """Forget in both; a Redis that is away is told when it is back, as long as it could still believe the row."""
        await self._local.forget(session_id)
        try:
            await self._mark(session_id)
        except RedisUnavailableError:
            once("session-cache", lambda: self._mark_later(session_id))

    async def _mark(self, session_id: UUID) -> None:
        await self._redis.call(lambda redis: redis.set(_key(session_id), CHANGED, ex=CHANGED_S))

    async def _mark_later(self, session_id: UUID) -> None:
        for _ in range(SHARED_S):
            await asyncio.sleep(1)
            with suppress(RedisUnavailableError):
                await self._mark(session_id)
                return


def _key(session_id: UUID) -> str:
    return f"nexus:session:{session_id}"


def _encode(session: LiveSession) -> str:
    learner = session.learner
    return json.dumps(
        {
            "id": str(learner.id),
            "email": learner.email,
            "display_name": learner.display_name,
            "role": learner.role.value,
            "timezone": learner.timezone,
            "language": learner.language,
            "session_id": str(learner.session_id),
            "expires_at": session.expires_at.isoformat(),
        }
    )


def _decode(text: str) -> LiveSession:
    row = json.loads(text)
    learner = Learner(
        UUID(row["id"]),
        row["email"],
        row["display_name"],
        Role(row["role"]),
        row["timezone"],
        UUID(row["session_id"]),
        find_language(row.get("language")),
    )
    return LiveSession(learner, datetime.fromisoformat(row["expires_at"]))
