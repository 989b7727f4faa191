"""Whoever works off the queue: claims, keeps the claim alive, grades, writes down; and takes over from the dead.

`kill -9` at any moment leaves a claim that runs out. Only the holder of a claim can write its grade, in the transaction
that pays for it: nothing is lost, and nothing is paid twice.
"""

import asyncio
import os
import socket
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.orm import undefer

from nexus_server.bus import EventPublisher
from nexus_server.clock import Clock
from nexus_server.errors import NexusError
from nexus_server.grading.outages import Outages
from nexus_server.grading.queue import Claim, claim, claimed_by_prefix, expired, is_any_due, positions, renew, untold
from nexus_server.grading.queue_interface import GradingQueue
from nexus_server.grading.queue_settings import GradingQueueSettings
from nexus_server.grading.service_results import GradeWriter
from nexus_server.grading.worker_grader import GradedJob, GradingJob, JobGrader
from nexus_server.roadmaps.lab_data import read_data
from nexus_server.store.database import Database
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Roadmap
from nexus_server.tasks import end_task

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
        content_dir: Path,
    ) -> None:
        """Data files of labs come from `content_dir`."""
        self._database = database
        self._clock = clock
        self._bus = bus
        self._grader = grader
        self._writer = writer
        self._queue = queue
        self._outages = outages
        self._settings = settings
        self._content_dir = content_dir
        self._lease = timedelta(seconds=settings.lease_s)
        self._process = f"{socket.gethostname()[:24]}:{os.getpid()}:"
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Take over from processes of this machine that are gone, and begin."""
        try:
            await self.take_over_from_the_dead(at_start=True)
        except NexusError as error:
            # The database is away: leases run out once it is back, and the server starts all the same.
            log.warning("grading_takeover_failed", code=error.code, message=error.message)
        runner = asyncio.create_task(self._queue.run(self, self._process), name="grading")
        self._tasks = [runner, asyncio.create_task(self._sweep(), name="grading sweeper")]

    async def stop(self) -> None:
        """Stop; what is in hand is given back without counting as a failure."""
        if not self._tasks:
            return
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        try:
            async with self._database.transaction() as session:
                for row in await claimed_by_prefix(session, self._process):
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
        keeper = asyncio.create_task(self._keep(claimed))
        try:
            graded = await self._grade(claimed)
        finally:
            await end_task(keeper)
        log.info("submission_graded", submission=str(claimed.submission_id), reason=graded.reason)
        if not await self._writer.finish(claimed, graded):
            log.warning("grading_claim_lost", submission=str(claimed.submission_id))
        return True

    async def sweep(self) -> int:
        """Queue again what silent workers held, and see to what died halfway; return how many fell silent."""
        await self.take_over_from_the_dead()
        async with self._database.transaction() as session:
            rows = await expired(session, self._clock.now())
            for row in rows:
                await self._outages.retry(session, row, "its worker fell silent", at_once=True)
        if rows:
            log.warning("grading_claims_expired", count=len(rows))
        await self.tell_late()
        if called := await self._queue.mend():
            log.info("grading_jobs_added", count=called)
        return len(rows)

    async def take_over_from_the_dead(self, *, at_start: bool = False) -> None:
        """Queue again what processes of this machine held that no longer exist.

        `at_start` this process holds nothing: its own number then stands for one of before.
        """
        host = f"{socket.gethostname()[:24]}:"
        async with self._database.transaction() as session:
            for row in await claimed_by_prefix(session, host):
                pid = (row.claimed_by or "").removeprefix(host).partition(":")[0]
                if _is_gone(pid) or (at_start and pid == str(os.getpid())):
                    await self._outages.retry(session, row, "its worker was killed", at_once=True)

    async def tell_late(self) -> None:
        """Announce the grades whose writer died between writing and telling."""
        async with self._database.transaction() as session:
            late = await untold(session, self._clock.now() - self._lease)
        for submission_id, user_id in late:
            log.warning("grade_told_late", submission=str(submission_id))
            await self._writer.announce_late(submission_id, user_id)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._settings.sweep_s)
            with suppress(NexusError):  # the database is away; there is a next time
                await self.sweep()

    async def _keep(self, claimed: Claim) -> None:
        while True:
            await asyncio.sleep(self._settings.lease_s / 3)
            with suppress(NexusError):  # until it comes back, the lease runs
                async with self._database.transaction() as session:
                    await renew(session, claimed, self._clock.now() + self._lease)

    async def _grade(self, claimed: Claim) -> GradedJob:
        try:
            job = await self._job(claimed)
        except OSError as error:
            log.warning("grading_files_unreadable", submission=str(claimed.submission_id), error=repr(error))
            return _failed(f"A file of the lab cannot be read: {error.strerror}", is_retryable=True)
        try:
            return await self._grader.grade(job)
        except NexusError as error:
            log.exception("grading_failed", submission=str(claimed.submission_id))
            return _failed(error.message, is_retryable=False)
        except Exception as error:  # noqa: BLE001  a fault of ours must not stop the queue, and costs no attempt
            log.warning("grading_crashed", submission=str(claimed.submission_id), error=repr(error))
            return _failed(f"{type(error).__name__} in the grader", is_retryable=True)

    async def _job(self, claimed: Claim) -> GradingJob:
        async with self._database.reading() as session:
            query = select(Submission).where(Submission.id == claimed.submission_id)
            row = (await session.scalars(query.options(undefer(Submission.notebook)))).one()
            node = await session.get_one(Node, claimed.node_id)
            roadmap = await session.get_one(Roadmap, node.roadmap_id)
        lab = node.spec["lab"]
        return GradingJob(
            notebook=row.notebook,
            sha256=row.sha256,
            source=node.source_notebook or "",
            title=node.title,
            lab=lab,
            data=await asyncio.to_thread(read_data, self._content_dir / roadmap.slug, lab),
        )

    async def _tell(self, claimed: Claim) -> None:
        """Say that a submission is being graded, and to those behind it where they are now."""
        message = {"submission_id": str(claimed.submission_id), "node_id": str(claimed.node_id), "status": "running"}
        self._bus.publish(claimed.user_id, {"type": "grading.progress", **message})
        async with self._database.reading() as session:
            line = await positions(session, self._clock.now(), MAX_TOLD)
        for place, (submission_id, user_id, node_id) in enumerate(line, start=1):
            self._bus.publish(
                user_id,
                {
                    "type": "queue.position",
                    "submission_id": str(submission_id),
                    "node_id": str(node_id),
                    "position": place,
                },
            )


def _is_gone(pid: str) -> bool:
    return pid.isdecimal() and not Path(f"/proc/{pid}").exists()


def _failed(reason: str, *, is_retryable: bool) -> GradedJob:
    return GradedJob(
        0.0, 0.0, needs_manual=False, cells=[], provenance={}, feedback="", reason=reason, is_retryable=is_retryable
    )
