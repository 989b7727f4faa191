"""The queue's engine on PostgreSQL: jobs are written with what they are for, and nothing depends on one alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

import pytest
from sqlalchemy import select, text, update

from nexus_server.clock import SystemClock
from nexus_server.errors import NexusError
from nexus_server.store.database import Database
from nexus_server.store.migrate import upgrade
from nexus_server.store.models.grading import Submission
from nexus_server.submissions.procrastinate_queue import TASK, ProcrastinateQueue
from nexus_server.submissions.settings import GradingQueueSettings
from nexus_server.tasks import end_task, forever
from tests.plugins.clusters import running_postgres
from tests.plugins.school import School, answer

pytestmark = pytest.mark.postgres

TIMEOUT_S = 90
SETTINGS = GradingQueueSettings(concurrency=2, poll_s=0.1, lease_s=30.0)


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """PostgreSQL only."""
    return postgres_url


@dataclass
class Counter:
    """Work that only counts how often it is called, and by whom."""

    left: int = 0
    calls: list[str] = field(default_factory=list)
    called: asyncio.Event = field(default_factory=asyncio.Event)
    #: while cleared, work lasts
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def work_once(self, worker: str) -> bool:
        self.calls.append(worker)
        self.called.set()
        await self.gate.wait()
        self.left -= 1
        return self.left >= 0


@asynccontextmanager
async def running(queue: ProcrastinateQueue, work: Counter, process: str) -> AsyncIterator[None]:
    part = forever("grading-queue", partial(queue.run, work, process))
    try:
        yield
    finally:
        await end_task(part)


async def jobs(database: Database, condition: str = "true") -> int:
    async with database.transaction() as session:
        count = await session.scalar(text(f"SELECT count(*) FROM procrastinate_jobs WHERE {condition}"))  # noqa: S608
    return int(count or 0)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        while not holds():
            await asyncio.sleep(0.02)  # another task gets there; there is no event for it


async def submit(school: School, note: str = "") -> Submission:
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, answer(1.0, note))
    async with school.database.transaction() as session:
        return await session.get_one(Submission, receipt.id)


async def test_a_job_is_written_with_its_submission_or_not_at_all(school: School) -> None:
    row = await submit(school)
    assert await jobs(school.database, "status = 'todo' AND queue_name = 'grading'") == 1
    queue = ProcrastinateQueue(school.database, school.clock, SETTINGS)
    with suppress(ZeroDivisionError):
        async with school.database.transaction() as session:
            await queue.put(session, row)
            raise ZeroDivisionError
    assert await jobs(school.database) == 1


async def test_a_retry_is_a_job_for_later(school: School) -> None:
    await submit(school)
    school.grader.outages = ["no kernel"]
    assert await school.grade_all() == 1
    assert await jobs(school.database, "scheduled_at BETWEEN now() + interval '2 s' AND now() + interval '5 s'") == 1


async def test_a_submission_is_called_at_once_and_its_job_is_gone_after(school: School) -> None:
    queue = ProcrastinateQueue(school.database, school.clock, GradingQueueSettings(concurrency=2, poll_s=3600.0))
    work = Counter(left=1)
    async with running(queue, work, "a:1:"):
        await until(lambda: queue._is_open)
        await submit(school)
        await until(lambda: bool(work.calls))
    assert work.calls[0].startswith("a:1:")
    async with asyncio.timeout(TIMEOUT_S):
        while await jobs(school.database):
            await asyncio.sleep(0.02)


async def test_two_processes_share_the_jobs(school: School) -> None:
    work = [Counter(left=100), Counter(left=100)]
    for counter in work:
        counter.gate.clear()
    queues = [ProcrastinateQueue(school.database, school.clock, SETTINGS) for _ in work]
    async with running(queues[0], work[0], "a:1:"), running(queues[1], work[1], "b:2:"):
        await until(lambda: all(queue._is_open for queue in queues))
        for number in range(30):
            await submit(school, str(number))
        # each has two in hand, and leaves the rest to others
        await until(lambda: [len(counter.calls) for counter in work] == [2, 2])
        for counter in work:
            counter.gate.set()
        await until(lambda: sum(len(counter.calls) for counter in work) >= 30)
    assert sum(len(counter.calls) for counter in work) == 30


async def test_a_job_that_was_lost_is_written_again_once(school: School) -> None:
    work = Counter()
    queue = ProcrastinateQueue(school.database, school.clock, SETTINGS)
    row = await submit(school)
    async with school.database.transaction() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
        # not before an hour has passed, so that the new job stays to be counted
        later = SystemClock().now().replace(year=SystemClock().now().year + 1)
        await session.execute(update(Submission).where(Submission.id == row.id).values(claimed_until=later))
    async with running(queue, work, "a:1:"):
        await until(lambda: queue._is_open)
        assert await queue.mend() == 1
        assert await queue.mend() == 0
        assert await jobs(school.database, f"queueing_lock = 'mend:{row.id}' AND scheduled_at > now()") == 1


async def test_who_finds_nothing_due_sees_that_somebody_is_called_later(school: School) -> None:
    work = Counter(left=0)
    queue = ProcrastinateQueue(school.database, school.clock, SETTINGS)
    await submit(school)
    async with running(queue, work, "a:1:"):
        # the first call finds nothing, as if the clocks differed: another one follows
        await until(lambda: len(work.calls) >= 2)
    assert await jobs(school.database, "status = 'doing'") == 0


async def test_the_job_of_a_dead_worker_is_removed(school: School) -> None:
    await submit(school)
    async with school.database.transaction() as session:
        dead = await session.scalar(
            text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 h') RETURNING id")
        )
        await session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :id"), {"id": dead})
    queue = ProcrastinateQueue(school.database, school.clock, SETTINGS)
    work = Counter(left=1)
    async with running(queue, work, "a:1:"):
        await until(lambda: queue._is_open)
        assert await queue.mend() == 1
        await until(lambda: bool(work.calls))
        assert await jobs(school.database, f"worker_id = {dead}") == 0


async def test_a_restart_of_the_database_is_survived() -> None:
    with running_postgres() as cluster:
        database = Database(cluster.url)
        await asyncio.to_thread(upgrade, database.url)
        queue = ProcrastinateQueue(database, SystemClock(), SETTINGS)
        work = Counter(left=1_000)
        async with running(queue, work, "a:1:"):
            await until(lambda: queue._is_open)
            await asyncio.to_thread(cluster.stop)
            with suppress(NexusError):
                await queue.mend()
            await asyncio.to_thread(cluster.start)
            async with asyncio.timeout(TIMEOUT_S):
                while not work.calls:
                    await _write_job(database)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(work.called.wait(), 1)
        assert work.calls, "jobs are heard again"
        await database.close()


async def _write_job(database: Database) -> None:
    with suppress(NexusError):
        async with database.transaction() as session:
            await session.execute(
                text("INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('grading', :task, :args)"),
                {"task": TASK, "args": '{"submission_id": "x"}'},
            )


async def test_stopping_gives_back_and_calls_again(school: School) -> None:
    school.grader.gate.clear()
    row = await submit(school)
    await school.submissions.start()
    async with asyncio.timeout(TIMEOUT_S):
        await school.grader.is_running(1)
    await school.submissions.stop()
    async with school.database.transaction() as session:
        assert await session.scalar(select(Submission.status).where(Submission.id == row.id)) == "queued"
    assert await jobs(school.database, "status = 'todo'") == 1
