"""Whoever works off the queue: claims, keeps the claim alive, grades, writes down; and takes over from the dead.

A worker is known by a number that nobody else has, and alive as long as it renews its claim. `kill -9` at any moment
leaves a claim that runs out. Only the holder of a claim can write its grade, in the transaction
that pays for it: nothing is lost, and nothing is paid twice.
"""

import asyncio
from datetime import timedelta
from functools import partial
from uuid import uuid4

import structlog

from nexus_server.clock import Clock
from nexus_server.errors import NexusError, UnavailableError
from nexus_server.events.bus import EventPublisher
from nexus_server.events.messages import GradingProgress, SubmissionPosition
from nexus_server.notebook_format.results import NotGraded
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.store.database import Database
from nexus_server.submissions.claims import (
    Claim,
    claim,
    claimed_by_prefix,
    expired,
    is_any_due,
    positions,
    renew,
    untold,
)
from nexus_server.submissions.grade_writer import GradeWriter
from nexus_server.submissions.job import GradedJob, JobGrader
from nexus_server.submissions.job_loading import load_job, unreadable
from nexus_server.submissions.outages import Outages
from nexus_server.submissions.queue import GradingQueue
from nexus_server.submissions.settings import GradingQueueSettings
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

#: learners that are told their new place when the queue moves
MAX_TOLD = 200


class GradingWorker:
    """Grades what is queued, several at once. A `Background`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: EventPublisher,
        *,
        grader: JobGrader,
        writer: GradeWriter,
        queue: GradingQueue,
        outages: Outages,
        settings: GradingQueueSettings,
        content: ContentLayers,
    ) -> None:
        """Data files of labs come from `content`."""
        self._database = database
        self._clock = clock
        self._bus = bus
        self._grader = grader
        self._writer = writer
        self._queue = queue
        self._outages = outages
        self._settings = settings
        self._content = content
        self._lease = timedelta(seconds=settings.lease_s)
        #: of this process's workers, and of nobody else's
        self.name = uuid4().hex
        self._parts: list[Part] = []

    async def start(self) -> None:
        """Take over from the process before this one, where there can be no other, and begin."""
        if self._database.is_sqlite:
            try:
                await self._take_over_all()
            except UnavailableError as error:
                # The database is away: leases run out once it is back, and the server starts all the same.
                log.warning("grading_takeover_failed", code=error.code, message=error.message)
        log.info("grading_worker_started", worker=self.name)
        sweep_s = self._settings.sweep_s
        self._parts = [
            forever("grading-queue", partial(self._queue.run, self, f"{self.name}:")),
            forever("grading-sweeper", self._sweep, every_s=sweep_s, delay_s=sweep_s),
        ]

    async def stop(self) -> None:
        """Stop; what is in hand is given back without counting as a failure."""
        if not self._parts:
            return
        while self._parts:
            await end_task(self._parts.pop())
        try:
            async with self._database.transaction() as session:
                for row in await claimed_by_prefix(session, f"{self.name}:"):
                    row.status, row.claimed_by, row.claimed_until = "queued", None, None
                    await self._queue.put(session, row)
        finally:
            await self._grader.close()

    async def work_once(self, worker: str) -> bool:
        """Grade the next submission; False when there is none."""
        now = self._clock.now()
        if not await self._database.read(lambda connection: is_any_due(connection, now)):
            return False
        async with self._database.transaction() as session:
            claimed = await claim(session, worker, now, self._lease)
        if claimed is None:
            return False
        await self._tell(claimed)
        graded = await self._grade_while_held(claimed)
        if graded is not None:
            reason = graded.reason if isinstance(graded, NotGraded) else None
            log.info("submission_graded", submission=str(claimed.submission_id), reason=reason)
        if graded is None or not await self._writer.finish(claimed, graded):
            log.warning("grading_claim_lost", submission=str(claimed.submission_id))
        return True

    async def _grade_while_held(self, claimed: Claim) -> GradedJob | NotGraded | None:
        """Grade, and renew the claim meanwhile; None when it was lost, and somebody else grades."""
        grading = asyncio.create_task(self._grade(claimed), name=f"grading {claimed.submission_id}")
        pause_s = self._settings.lease_s / 3
        keeper = forever("grading-lease", partial(self._keep, claimed, grading), every_s=pause_s, delay_s=pause_s)
        try:
            await asyncio.wait({grading})
        finally:
            await end_task(keeper)
            await end_task(grading)
        return None if grading.cancelled() else grading.result()

    async def sweep(self) -> int:
        """Queue again what silent workers held, and see to what died halfway; return how many fell silent."""
        async with self._database.transaction() as session:
            rows = await expired(session, self._clock.now())
            for row in rows:
                await self._outages.retry(session, row, "its worker fell silent", at_once=True)
        if rows:
            log.warning("grading_claims_expired", count=len(rows))
        if called := await self._queue.mend():
            log.info("grading_jobs_added", count=called)
        await self.tell_late()
        return len(rows)

    async def _take_over_all(self) -> None:
        """Queue again whatever is being graded: the database serves one process, and this one holds nothing yet."""
        async with self._database.transaction() as session:
            for row in await claimed_by_prefix(session, ""):
                await self._outages.retry(session, row, "its worker was killed", at_once=True)

    async def tell_late(self) -> None:
        """Announce the grades whose writer died between writing and telling."""
        async with self._database.transaction() as session:
            late = await untold(session, self._clock.now() - self._lease)
        for submission_id, user_id in late:
            log.warning("grade_told_late", submission=str(submission_id))
            await self._writer.announce_late(submission_id, user_id)

    async def _sweep(self) -> None:
        await self.sweep()

    async def _keep(self, claimed: Claim, grading: "asyncio.Task[GradedJob | NotGraded]") -> None:
        """Renew the claim; once it is lost, end the grading, which nobody waits for any more."""
        async with self._database.transaction() as session:
            is_held = await renew(session, claimed, self._clock.now() + self._lease)
        if not is_held and not grading.cancelling():
            grading.cancel()

    async def _grade(self, claimed: Claim) -> GradedJob | NotGraded:
        try:
            job = await load_job(self._database, self._content, claimed.submission_id)
        except OSError as error:
            log.warning("grading_files_unreadable", submission=str(claimed.submission_id), error=repr(error))
            return unreadable(error)
        try:
            return await self._grader.grade(job)
        except NexusError as error:
            log.exception("grading_failed", submission=str(claimed.submission_id))
            return NotGraded(error.message, is_retryable=isinstance(error, UnavailableError))
        except Exception as error:  # noqa: BLE001  a fault of ours must not stop the queue, and costs no attempt
            log.warning("grading_crashed", submission=str(claimed.submission_id), error=repr(error))
            return NotGraded(f"{type(error).__name__} in the grader", is_retryable=True)

    async def _tell(self, claimed: Claim) -> None:
        """Say that a submission is being graded, and to those behind it where they are now."""
        started = GradingProgress(submission_id=claimed.submission_id, node_id=claimed.node_id, status="running")
        self._bus.publish(claimed.user_id, started)
        async with self._database.reading() as session:
            line = await positions(session, self._clock.now(), MAX_TOLD)
        for place, (submission_id, user_id, node_id) in enumerate(line, start=1):
            self._bus.publish(user_id, SubmissionPosition(submission_id=submission_id, node_id=node_id, position=place))
