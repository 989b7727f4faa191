"""Tells the pool of kernels, every few seconds, who is about to need one. A `Background`."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from prometheus_client import Gauge

from nexus_server.clock import Clock
from nexus_server.lessons.announcements import read_beginning
from nexus_server.lessons.forecast import expected_kernels
from nexus_server.lessons.whereabouts import Step, read_classes, read_positions, read_served, read_steps
from nexus_server.store.database import Database
from nexus_server.tasks import Part, end_task, forever

#: seconds between two looks
INTERVAL_S = 3.0
#: whoever asked for something within this time is here, and whoever has a tab open within this longer time
ACTIVE = timedelta(minutes=10)
ACTIVE_WITH_TAB = timedelta(hours=1)
#: learners who are looked at, the latest first: a bound of what one look costs
MOST_LEARNERS = 1000
#: how long the order of the nodes is remembered
STEPS_AGE = timedelta(minutes=1)

EXPECTED = Gauge("nexus_expected_kernels", "Kernels that learners are about to ask for, by kernel name.", ["kernel"])


class Presence(Protocol):
    """Knows when learners were last active."""

    def active_since(self, moment: datetime) -> list[UUID]:
        """Return whoever was active since `moment`, the latest first."""
        ...


class Tabs(Protocol):
    """Knows whose tabs are open."""

    def learners_with_tabs(self) -> set[UUID]:
        """Return the learners who have one."""
        ...


class Pool(Protocol):
    """Makes kernels ready."""

    @property
    def grows_ahead(self) -> bool:
        """Whether it would use what it is told."""
        ...

    def expect(self, learners: Mapping[str, int]) -> None:
        """Have so many kernels ready, by kernel name."""
        ...


class KernelForecast:
    """Looks at who is here, and where."""

    def __init__(self, database: Database, clock: Clock, presence: Presence, tabs: Tabs, pool: Pool) -> None:
        """Tell `pool`; look at nobody yet."""
        self._database, self._clock = database, clock
        self._presence, self._tabs, self._pool = presence, tabs, pool
        self._steps: dict[UUID, Step] = {}
        self._steps_at: datetime | None = None
        self._part: Part | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._part = forever("kernel-forecast", self.look, every_s=INTERVAL_S)

    async def stop(self) -> None:
        """Stop looking."""
        await end_task(self._part)

    async def look(self) -> None:
        """Count, and tell the pool.

        Raises:
            UnavailableError: the database does not answer; the pool keeps to what it was told last.
        """
        if not self._pool.grows_ahead:
            return
        expected = await self._expected()
        EXPECTED.clear()
        for kernel_name, count in expected.items():
            EXPECTED.labels(kernel_name).set(count)
        self._pool.expect(expected)

    async def _expected(self) -> Counter[str]:
        learners = self._here()
        async with self._database.reading() as session:
            lessons = await read_beginning(session, self._clock.now())
            if not learners and not lessons:
                return Counter()
            served = await read_served(session)
            waiting = [learner for learner in learners if learner not in served]
            positions = await read_positions(session, waiting)
            classes = await read_classes(session, waiting)
            if self._steps_at is None or self._clock.now() - self._steps_at > STEPS_AGE:
                self._steps, self._steps_at = await read_steps(session), self._clock.now()
        here = {learner: self._wanted(positions.get(learner)) for learner in waiting}
        return expected_kernels(here, served, classes, lessons)

    def _here(self) -> list[UUID]:
        now = self._clock.now()
        active = self._presence.active_since(now - ACTIVE)
        readers = self._tabs.learners_with_tabs() - set(active)
        reading = [each for each in self._presence.active_since(now - ACTIVE_WITH_TAB) if each in readers]
        return [*active, *reading][:MOST_LEARNERS]

    def _wanted(self, position: tuple[UUID, str] | None) -> str | None:
        """Return the kernel that a learner will want soon, by the node that they are on and its status."""
        if position is None:
            return None
        node_id, status = position
        step = self._steps.get(node_id)
        return None if step is None else step.wanted(status)
