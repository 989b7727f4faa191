"""The engine for SQLite: this process grades, so that a commit wakes it directly."""

import asyncio
from contextlib import suppress
from uuid import uuid4

import structlog
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.errors import NexusError
from nexus_server.grading.queue_interface import Work
from nexus_server.grading.queue_settings import GradingQueueSettings
from nexus_server.store.models.grading import Submission

log = structlog.get_logger()


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
        async with asyncio.TaskGroup() as group:
            for _ in range(self._settings.slots):
                group.create_task(self._serve(work, f"{process}{uuid4().hex[:8]}"))

    async def mend(self) -> int:
        """Nobody has to be called: whoever works looks at the table itself."""
        return 0

    async def _serve(self, work: Work, worker: str) -> None:
        while True:
            self._wake.clear()
            try:
                while await work.work_once(worker):
                    pass
            except NexusError as error:
                # The database is away: whatever was in hand comes back when its lease runs out.
                log.warning("grading_interrupted", code=error.code, message=error.message)
            except Exception:  # one submission must not end the queue for all; its lease runs out
                log.exception("grading_worker_crashed")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._settings.poll_s)
