"""Gauges for Prometheus, beside Jupyter Server's own request durations; admins read them at /metrics."""

import asyncio
import logging
from contextlib import suppress

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.pool import QueuePool

from nexus_server.errors import UnavailableError
from nexus_server.store.database import Database
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.kernels import Kernel
from nexus_server.store.models.tutor import Hint

log = logging.getLogger(__name__)

INTERVAL_S = 15.0

KERNELS = Gauge("nexus_kernels", "Kernels that were ever started, by present state.", ["state"])
DEATHS = Gauge("nexus_kernel_deaths", "Kernels that died, by reason.", ["reason"])
SUBMISSIONS = Gauge("nexus_submissions", "Submissions by status; queued and running are the grading queue.", ["status"])
HINTS = Gauge("nexus_hints", "Hints given, by source.", ["source"])
POOL = Gauge("nexus_database_connections", "Connections of the database pool, by state.", ["state"])
DATABASE_UP = Gauge("nexus_database_up", "1 while the database answers.")

COUNTED: list[tuple[Gauge, str, InstrumentedAttribute[str] | InstrumentedAttribute[str | None]]] = [
    (KERNELS, "state", Kernel.state),
    (DEATHS, "reason", Kernel.death_reason),
    (SUBMISSIONS, "status", Submission.status),
    (HINTS, "source", Hint.source),
]


class PlatformMetrics:
    """Counts rows now and then, so that a scrape never waits for the database. A `Background`."""

    _task: asyncio.Task[None] | None = None

    def __init__(self, database: Database) -> None:
        """Count in `database`."""
        self._database = database

    async def start(self) -> None:
        """Begin to count."""
        self._task = asyncio.create_task(self._run(), name="metrics")

    async def stop(self) -> None:
        """Stop counting."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def count(self) -> None:
        """Bring every gauge up to date.

        Raises:
            UnavailableError: the database does not answer.
        """
        for gauge, label, column in COUNTED:
            async with self._database.transaction() as session:
                query = select(column, func.count()).where(column.is_not(None)).group_by(column)
                counts = list(await session.execute(query))
            gauge.clear()
            for value, number in counts:
                gauge.labels(**{label: value}).set(number)
        pool = self._database.engine.pool
        if isinstance(pool, QueuePool):
            POOL.labels(state="in_use").set(pool.checkedout())
            POOL.labels(state="idle").set(pool.checkedin())

    async def _run(self) -> None:
        while True:
            try:
                await self.count()
                DATABASE_UP.set(1)
            except UnavailableError:
                DATABASE_UP.set(0)
            await asyncio.sleep(INTERVAL_S)
