"""The seam between what is queued and who grades it: one interface, an engine for each database.

The submissions table says what is queued, in what order, and who works on it (`queue.py`). An engine only sees to it
that somebody looks when there is work: `in_process.py` on SQLite, `procrastinate_queue.py` on PostgreSQL.
"""

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.models.grading import Submission


class Work(Protocol):
    """Whoever grades, one submission per call."""

    async def work_once(self, worker: str) -> bool:
        """Grade the next submission under the name `worker`; False when none is due."""
        ...


class GradingQueue(Protocol):
    """Calls workers to what is queued."""

    async def put(self, session: AsyncSession, row: Submission) -> None:
        """Have `row`, which the caller's transaction queues, graded once that commits and its waiting time is over."""
        ...

    async def run(self, work: Work, process: str) -> None:
        """Work off what is queued, several at once, until cancelled; workers' names begin with `process`.

        Raises:
            UnavailableError: the database went away; whoever runs the queue calls again.
        """
        ...

    async def mend(self) -> int:
        """Find what is queued without anybody being called, and call; return how many.

        Raises:
            UnavailableError: the database is away.
        """
        ...
