"""A worker that is cancelled anywhere in its work loses nothing: each place where it waits is tried, early and late."""

import asyncio
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.models.grading import Submission
from nexus_server.submissions.outages import Outages
from nexus_server.submissions.queue import GradingQueue, Work
from nexus_server.submissions.settings import GradingQueueSettings
from nexus_server.submissions.worker import GradingWorker
from tests.plugins.sampling import sampled
from tests.plugins.school import School, answer
from tests.plugins.stepping import Place, Stepped, run_stepped

pytestmark = pytest.mark.timeout(900)

#: whose methods tell how far the work has come
STAGES = ("GradingWorker.", "GradeWriter.", "Database.", "AsyncSession.", "claim", "renew", "find_held", "load_job")


@dataclass
class SteppedQueue:
    """Has the worker look once, and cancels that at the next place."""

    queue: GradingQueue
    stepped: Stepped[bool] | None = None
    #: places that were tried before
    tried: set[Place] = field(default_factory=set)
    is_late: bool = False
    by_stage: bool = False
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def put(self, session: AsyncSession, row: Submission) -> None:
        await self.queue.put(session, row)

    async def mend(self) -> int:
        return await self.queue.mend()

    async def run(self, work: Work, process: str) -> None:
        kind_of = stage if self.by_stage else each
        self.stepped = Stepped(work.work_once(f"{process}slot"), self.tried, self.is_late, kind_of)
        try:
            await run_stepped(self.stepped)
        finally:
            self.is_over.set()
        await asyncio.Event().wait()


def each(place: Place) -> Place:
    return place


def stage(place: Place) -> Place:
    """Return what the worker does at a place, wherever exactly it waits."""
    return tuple(step.partition(":")[0] for step in place if step.startswith(STAGES))


def stepped_worker(school: School, queue: SteppedQueue) -> GradingWorker:
    """Another process's worker, whose queue calls it as `queue` does."""
    settings = GradingQueueSettings()
    return GradingWorker(
        school.database,
        school.clock,
        school.bus,
        grader=school.grader,
        writer=school.submissions.writer,
        queue=queue,
        outages=Outages(queue, school.clock, settings),
        settings=settings,
        content=school.roadmaps.content,
    )


async def count(school: School, *conditions: object) -> int:
    async with school.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Submission).where(*conditions)) or 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("by_stage", "is_late"),
    sampled(
        [(True, False), (True, True), (False, False), (False, True)],
        ["stages-late"],
        ids=["stages-early", "stages-late", "early", "late"],
    ),
)
async def test_a_worker_that_is_cancelled_anywhere_gives_back_what_it_holds(
    school: School, *, by_stage: bool, is_late: bool
) -> None:
    ada, lab = await school.ready_for_lab()
    tried = set[Place]()
    submitted, is_through = 0, False
    while not is_through:
        await school.submissions.service.submit(ada, lab, answer(2.0, str(submitted)))
        submitted += 1
        before = asyncio.all_tasks()
        queue = SteppedQueue(school.submissions.queue, tried=tried, is_late=is_late, by_stage=by_stage)
        worker = stepped_worker(school, queue)
        await worker.start()
        await queue.is_over.wait()
        await worker.stop()
        assert queue.stepped is not None
        place, is_through = queue.stepped.place, queue.stepped.place is None
        assert asyncio.all_tasks() == before, f"left when cancelled at {place}"
        assert await count(school, Submission.status == "running") == 0, f"claimed when cancelled at {place}"
        await school.grade_all()
        school.pass_time(minutes=1)
        await school.submissions.worker.tell_late()
        told = await count(school, Submission.status == "graded", Submission.untold_since.is_(None))
        assert told == submitted, f"cancelled at {place}"
        assert await count(school, Submission.failures > 0) == 0, f"a failure was counted at {place}"
        assert await school.count_grades() == submitted, f"graded twice when cancelled at {place}"
    assert await school.count_payments() == 2
    assert any("GradeWriter.finish" in step for place in tried for step in place)
