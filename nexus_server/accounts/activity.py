"""Any authenticated activity is a login (the seed's rule): tells the streaks who is here, once a minute at most."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from itertools import takewhile
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.errors import NotFoundError, UnavailableError
from nexus_server.learner import Learner
from nexus_server.standing.streaks import StreakChange
from nexus_server.store.database import Database
from nexus_server.tasks import Part, end_task, forever

#: learners remembered before the oldest are forgotten, which costs them one extra record
MAX_REMEMBERED = 50_000


class ActivityRecorder(Protocol):
    """Writes down that a learner was active: `users.last_login`, and the streak that depends on it."""

    async def touch(self, user_id: UUID, now: datetime) -> None:
        """Count activity at `now`; called in the order of time for one learner."""
        ...

    async def touch_within(self, session: AsyncSession, user_id: UUID, now: datetime) -> StreakChange | None:
        """Count activity in the caller's transaction; it locks the learner's row."""
        ...

    async def touched(self, user_id: UUID, change: StreakChange | None) -> None:
        """Say after the commit what activity changed, if anything."""
        ...


class ActivityTracker:
    """Takes notice without making the request wait, and keeps what the database could not take yet. A `Background`."""

    def __init__(self, recorder: ActivityRecorder, clock: Clock, *, interval_s: float) -> None:
        """Pass each learner's activity on to `recorder` once per `interval_s` seconds."""
        self._recorder = recorder
        self._clock = clock
        self._interval_s = interval_s
        self._noticed: dict[UUID, datetime] = {}
        self._pending: dict[UUID, datetime] = {}
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        self._part: Part | None = None

    def notice(self, learner: Learner) -> None:
        """Take notice that a learner is active now."""
        now = self._clock.now()
        last = self._noticed.get(learner.id)
        if last is not None and (now - last).total_seconds() < self._interval_s:
            return
        self.recorded(learner.id, now)
        self._pending[learner.id] = now
        self._wake.set()

    async def record_now(self, learner: Learner) -> None:
        """Write a login down before it is answered, so that its reply shows the streak it made."""
        now = self._clock.now()
        self.recorded(learner.id, now)
        self._pending[learner.id] = now
        await self.settle(learner)

    @asynccontextmanager
    async def recording(self, database: Database, user_id: UUID) -> AsyncIterator[AsyncSession]:
        """Give a transaction that writes a login down along with what else it does: it costs one commit, not two."""
        now = self._clock.now()
        async with database.transaction() as session:
            # First: who inserts a row that refers to the learner's, and then locks that, waits for another who does so.
            change = await self._recorder.touch_within(session, user_id, now)
            yield session
        self.recorded(user_id, now)
        await self._recorder.touched(user_id, change)

    def recorded(self, user_id: UUID, at: datetime) -> None:
        """Take notice of activity that was written down elsewhere."""
        self._noticed.pop(user_id, None)  # the latest stand last
        if len(self._noticed) >= MAX_REMEMBERED:
            self._noticed.pop(next(iter(self._noticed)))
        self._noticed[user_id] = at

    def active_since(self, moment: datetime) -> list[UUID]:
        """Return whoever was active since `moment`, to within `interval_s`, the latest first."""
        return [user_id for user_id, _ in takewhile(lambda each: each[1] >= moment, reversed(self._noticed.items()))]

    async def settle(self, learner: Learner) -> None:
        """Write down what was noticed of one learner, if that is still to be done."""
        if learner.id not in self._pending:
            return
        async with self._writing:
            await self._write(learner.id)

    async def flush(self) -> None:
        """Write down everything that was noticed.

        Raises:
            UnavailableError: the database does not answer; nothing noticed is lost.
        """
        while self._pending:
            async with self._writing:
                await self._write(next(iter(self._pending), None))

    async def _write(self, user_id: UUID | None) -> None:
        at = self._pending.get(user_id) if user_id else None
        if user_id is None or at is None:
            return
        try:
            with suppress(NotFoundError):  # deleted meanwhile
                await self._recorder.touch(user_id, at)
        except UnavailableError:
            raise
        except Exception:  # raised again; one learner's row must not hold up everybody's
            self._forget(user_id, at)
            raise
        self._forget(user_id, at)

    def _forget(self, user_id: UUID, at: datetime) -> None:
        if self._pending.get(user_id) == at:
            del self._pending[user_id]

    async def start(self) -> None:
        """Begin to write down what is noticed."""
        self._part = forever("activity", self.flush, every_s=None, wake=self._wake)

    async def stop(self) -> None:
        """Write down the rest, if the database answers."""
        await end_task(self._part)
        with suppress(UnavailableError):
            await self.flush()
