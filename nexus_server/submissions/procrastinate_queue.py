"""The engine for PostgreSQL: Procrastinate's jobs call the workers, on any number of machines.

A job is a call, not the work: whoever takes one grades the submission whose turn it is, which need not be the one that
the job was made for. So the order stays fair however jobs are ordered, and a job too many finds nothing and ends. The
job is written in the transaction that queues its submission. `mend` makes up for jobs that were lost with their worker;
a queueing lock keeps several menders from doing so twice.
"""

import math
from typing import Any
from uuid import uuid4

import procrastinate
import structlog
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.errors import NexusError
from nexus_server.store.database import Database, DatabaseUnavailableError
from nexus_server.store.models.grading import Submission
from nexus_server.submissions.queue import Work
from nexus_server.submissions.rows import IS_ORIGINAL
from nexus_server.submissions.settings import GradingQueueSettings

log = structlog.get_logger()

#: name of the queue in Procrastinate's tables
QUEUE = "grading"
TASK = "nexus.grade_next"
#: connections for jobs; the one that listens comes on top
CONNECTIONS = 2
CONNECT_TIMEOUT_S = 5
WAITING_JOBS = text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = :queue AND status = 'todo'")


class ProcrastinateQueue:
    """Jobs in the database; LISTEN and NOTIFY bring them to a worker at once."""

    def __init__(self, database: Database, clock: Clock, settings: GradingQueueSettings) -> None:
        """Use the same PostgreSQL as everything else."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._work: Work | None = None
        self._process = ""
        self._is_open = False
        connector = procrastinate.PsycopgConnector(
            conninfo=database.url.set(drivername="postgresql").render_as_string(hide_password=False),
            kwargs={"connect_timeout": CONNECT_TIMEOUT_S},
            min_size=1,
            max_size=CONNECTIONS,
            timeout=CONNECT_TIMEOUT_S,
        )
        self._app = procrastinate.App(connector=connector)
        self._task = self._app.task(name=TASK, queue=QUEUE)(self._grade_next)

    async def put(self, session: AsyncSession, row: Submission) -> None:
        """Write a job in the caller's transaction, for the moment when the submission may be tried."""
        await self._defer(session, row, queueing_lock=None)

    async def _defer(self, session: AsyncSession, row: Submission, *, queueing_lock: str | None) -> None:
        wait_s = math.ceil((row.claimed_until - self._clock.now()).total_seconds()) if row.claimed_until else 0
        connection = await (await session.connection()).get_raw_connection()
        job = self._task.configure(
            queueing_lock=queueing_lock,
            schedule_in={"seconds": wait_s} if wait_s > 0 else None,
            connection=connection.driver_connection,
        )
        await job.defer_async(submission_id=str(row.id))

    async def _defer_unless_waiting(self, session: AsyncSession, row: Submission) -> None:
        """Write a job that makes up for a lost one, unless such a one waits already."""
        try:
            async with session.begin_nested():
                await self._defer(session, row, queueing_lock=f"mend:{row.id}")
        except AlreadyEnqueued:
            log.debug("grading_job_waits_already", submission=str(row.id))

    async def run(self, work: Work, process: str) -> None:
        """Take jobs until cancelled.

        Raises:
            DatabaseUnavailableError: the database went away.
        """
        self._work, self._process = work, process
        try:
            await self._run_worker()
        except (ConnectorException, OSError) as exc:
            raise DatabaseUnavailableError(retry_after_s=2) from exc

    async def mend(self) -> int:
        """Remove the jobs of dead workers, and write jobs when fewer wait than submissions do.

        Raises:
            DatabaseUnavailableError: the database is gone or restarting.
        """
        if not self._is_open:
            return 0
        try:
            await self._remove_stalled()
        except ConnectorException as exc:
            raise DatabaseUnavailableError(retry_after_s=2) from exc
        async with self._database.transaction() as session:
            queued = (await session.scalars(_queued())).all()
            lost = max(0, len(queued) - (await session.scalar(WAITING_JOBS, {"queue": QUEUE}) or 0))
            for row in queued[:lost]:
                await self._defer_unless_waiting(session, row)
        return lost

    async def _run_worker(self) -> None:
        lease_s = self._settings.lease_s
        async with self._app.open_async():
            self._is_open = True
            try:
                await self._app.run_worker_async(
                    queues=[QUEUE],
                    name=self._process,
                    concurrency=self._settings.slots,
                    fetch_job_polling_interval=self._settings.poll_s,
                    # Whoever stops us wants it now; what is in hand is given back.
                    shutdown_graceful_timeout=0,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    update_heartbeat_interval=lease_s / 3,
                    stalled_worker_timeout=lease_s,
                )
            finally:
                self._is_open = False

    async def _grade_next(self, submission_id: str) -> None:
        """Grade the submission whose turn it is. `submission_id` only says why the job was made."""
        assert self._work is not None  # noqa: S101  set before any job is taken
        try:
            if not await self._work.work_once(f"{self._process}{uuid4().hex[:8]}"):
                await self._call_again()
        except NexusError as error:
            # The database is away: whatever was in hand comes back when its lease runs out.
            log.warning("grading_interrupted", code=error.code, message=error.message, submission=submission_id)

    async def _call_again(self) -> None:
        """Nothing is due yet: see that somebody is called when it is."""
        async with self._database.transaction() as session:
            row = await session.scalar(_queued().limit(1))
            if row is not None:
                await self._defer_unless_waiting(session, row)

    async def _remove_stalled(self) -> None:
        manager = self._app.job_manager
        stalled: list[Any] = list(
            await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=self._settings.lease_s)
        )
        for job in stalled:
            # Its submission comes back when its lease runs out, with a job of its own.
            log.warning("grading_job_stalled", job=job.id, submission=job.task_kwargs.get("submission_id"))
            await manager.finish_job(job=job, status=Status.FAILED, delete_job=True)


def _queued() -> Select[Submission]:
    """Select what is queued, what may be tried first before what has to wait."""
    due = func.coalesce(Submission.claimed_until, Submission.received_at)
    return select(Submission).where(Submission.status == "queued", IS_ORIGINAL).order_by(due, Submission.id)
