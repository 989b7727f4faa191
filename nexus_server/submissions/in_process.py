"""The engine for SQLite: this process grades, so that a commit wakes it directly."""

import asyncio
from functools import partial
from uuid import uuid4

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.models.grading import Submission
from nexus_server.submissions.queue import Work
from nexus_server.submissions.settings import GradingQueueSettings
from nexus_server.tasks import end_task, forever


class InProcessQueue:
    """Tasks of this process that look at the queue when something was put there, and now and then."""

    def __init__(self, settings: GradingQueueSettings) -> None:
        """Work on as many at once as the settings say."""
        self._settings = settings
        self._wake = asyncio.Event()

    async def put(self, session: AsyncSession, _row: Submission) -> None:
        """Wake the workers after the commit; one that has to wait is found when they look by themselves."""
        event.listen(session.sync_session, "after_commit", lambda _session: self._wake.set(), once=True)

    async def run(self, work: Work, process: str) -> None:
        """Work until cancelled."""
        slots = [
            forever("grading-slot", partial(self._serve, work, name), every_s=self._settings.poll_s, wake=self._wake)
            for name in (f"{process}{uuid4().hex[:8]}" for _ in range(self._settings.slots))
        ]
        try:
            await asyncio.Event().wait()
        finally:
            for slot in slots:
                await end_task(slot)

    async def mend(self) -> int:
        """Nobody has to be called: whoever works looks at the table itself."""
        return 0

    async def _serve(self, work: Work, worker: str) -> None:
        # When that fails, whatever was in hand comes back when its lease runs out.
        while await work.work_once(worker):
            pass
