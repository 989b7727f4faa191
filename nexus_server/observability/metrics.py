"""Gauges for Prometheus, beside Jupyter Server's own request durations; admins read them at /metrics."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.pool import QueuePool

from nexus_server.errors import UnavailableError
from nexus_server.kernels.death_reason import DeathReason
from nexus_server.store.database import Database
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.kernels import Kernel
from nexus_server.store.models.tutor import Hint, ModelCall
from nexus_server.tasks import Part, end_task, forever

INTERVAL_S = 15.0

KERNELS = Gauge("nexus_kernels", "Kernels that were ever started, by present state.", ["state"])
DEATHS = Gauge("nexus_kernel_deaths", "Kernels that died, by reason.", ["reason"])
SUBMISSIONS = Gauge("nexus_submissions", "Submissions by status; queued and running are the grading queue.", ["status"])
MODEL_CALLS = Gauge("nexus_model_calls", "Questions to language models, by model.", ["model"])
HINTS = Gauge("nexus_hints", "Hints given, by source.", ["source"])
WARM = Gauge("nexus_warm_kernels", "Kernels of this server that wait for a learner, by image.", ["image"])
POOL = Gauge("nexus_database_connections", "Connections of the database pool, by state.", ["state"])
DATABASE_UP = Gauge("nexus_database_up", "1 while the database answers.")


@dataclass(frozen=True, slots=True)
class Count:
    """Rows by the value of a column. Values that have no rows are 0, so that an alarm can be set on them."""

    gauge: Gauge
    label: str
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
    values: Sequence[str]


COUNTS = [
    Count(KERNELS, "state", Kernel.state, ("starting", "alive", "dead")),
    Count(DEATHS, "reason", Kernel.death_reason, tuple(DeathReason)),
    Count(SUBMISSIONS, "status", Submission.status, ("queued", "running", "graded", "failed")),
    Count(MODEL_CALLS, "model", ModelCall.model, ("gemini", "openai")),
    Count(HINTS, "source", Hint.source, ("static", "author", "gemini", "openai")),
]


def _show(gauge: Gauge, label: str, numbers: Mapping[str, int]) -> None:
    gauge.clear()
    for value, number in numbers.items():
        gauge.labels(**{label: str(value)}).set(number)


class PlatformMetrics:
    """Counts rows now and then, so that a scrape never waits for the database. A `Background`."""

    _part: Part | None = None

    def __init__(self, database: Database, warm_kernels: Callable[[], Mapping[str, int]]) -> None:
        """Count in `database`; `warm_kernels` tells how many wait, by image."""
        self._database = database
        self._warm_kernels = warm_kernels

    async def start(self) -> None:
        """Begin to count."""
        self._part = forever("metrics", self._look, every_s=INTERVAL_S)

    async def stop(self) -> None:
        """Stop counting."""
        await end_task(self._part)

    async def count(self) -> None:
        """Bring every gauge up to date.

        Raises:
            UnavailableError: the database does not answer.
        """
        for count in COUNTS:
            query = select(count.column, func.count()).where(count.column.is_not(None)).group_by(count.column)
            async with self._database.reading() as session:
                found = {str(value): number for value, number in await session.execute(query)}
            _show(count.gauge, count.label, dict.fromkeys(count.values, 0) | found)
        _show(WARM, "image", self._warm_kernels())
        pools = [pool for pool in self._database.pools if isinstance(pool, QueuePool)]
        POOL.labels(state="in_use").set(sum(pool.checkedout() for pool in pools))
        POOL.labels(state="idle").set(sum(pool.checkedin() for pool in pools))

    async def _look(self) -> None:
        try:
            await self.count()
        except UnavailableError:
            DATABASE_UP.set(0)
            raise
        DATABASE_UP.set(1)
