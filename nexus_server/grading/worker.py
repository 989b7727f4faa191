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
from uuid import uuid4

import structlog
from sqlalchemy import select
from sqlalchemy.orm import undefer

from nexus_server.bus import EventPublisher
from nexus_server.clock import Clock
from nexus_server.errors import NexusError
from nexus_server.grading.queue import GIVEN_UP, Claim, claim, claimed_by_prefix, expired, positions, put_back, renew
from nexus_server.grading.queue_settings import GradingQueueSettings
from nexus_server.grading.service_results import GradeWriter
from nexus_server.grading.worker_grader import GradedJob, GradingJob, JobGrader
from nexus_server.store.database import Database
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Roadmap

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
        settings: GradingQueueSettings,
        content_dir: Path,
    ) -> None:
        """Data files of labs come from `content_dir`."""
        self._database = database
        self._clock = clock
        self._bus = bus
        self._grader = grader
        self._writer = writer
        self._settings = settings
        self._content_dir = content_dir
        self._lease = timedelta(seconds=settings.lease_s)
        self._process = f"{socket.gethostname()[:24]}:{os.getpid()}:"
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def wake(self) -> None:
        """Look at the queue now."""
        self._wake.set()

    async def start(self) -> None:
        """Take over from processes of this machine that are gone, and begin."""
        await self.take_over_from_the_dead()
        slots = [
            asyncio.create_task(self._work(f"{self._process}{uuid4().hex[:8]}")) for _ in range(self._settings.slots)
        ]
        self._tasks = [*slots, asyncio.create_task(self._sweep())]

    async def stop(self) -> None:
        """Stop; what is in hand is given back without counting as a failure."""
        if not self._tasks:
            return
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        async with self._database.transaction() as session:
            for row in await claimed_by_prefix(session, self._process):
                row.status, row.claimed_by, row.claimed_until = "queued", None, None
        await self._grader.close()

    async def work_once(self, worker: str) -> bool:
        """Grade the next submission; False when there is none."""
        async with self._database.transaction() as session:
            claimed = await claim(session, worker, self._clock.now(), self._lease)
        if claimed is None:
            return False
        await self._tell(claimed)
        keeper = asyncio.create_task(self._keep(claimed))
        try:
            graded = await self._grade(claimed)
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
        if not await self._writer.finish(claimed, graded):
            log.warning("grading_claim_lost", submission=str(claimed.submission_id))
        return True

    async def sweep(self) -> int:
        """Queue again what silent workers held; return how many."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            rows = await expired(session, now)
            for row in rows:
                put_back(row, None, max_failures=self._settings.max_failures, reason=GIVEN_UP)
        if rows:
            log.warning("grading_claims_expired", count=len(rows))
            self.wake()
        return len(rows)

    async def take_over_from_the_dead(self) -> None:
        """Queue again what processes of this machine held that no longer exist."""
        host = f"{socket.gethostname()[:24]}:"
        async with self._database.transaction() as session:
            for row in await claimed_by_prefix(session, host):
                if _is_gone((row.claimed_by or "").removeprefix(host).partition(":")[0]):
                    put_back(row, None, max_failures=self._settings.max_failures, reason=GIVEN_UP)

    async def _work(self, worker: str) -> None:
        while True:
            self._wake.clear()
            try:
                while await self.work_once(worker):
                    pass
            except NexusError as error:
                # The database is away: whatever was in hand comes back when its lease runs out.
                log.warning("grading_interrupted", code=error.code, message=error.message)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._settings.poll_s)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._settings.lease_s / 2)
            with suppress(NexusError):  # the database is away; there is a next time
                await self.sweep()

    async def _keep(self, claimed: Claim) -> None:
        while True:
            await asyncio.sleep(self._settings.lease_s / 3)
            with suppress(NexusError):  # until it comes back, the lease runs
                async with self._database.transaction() as session:
                    await renew(session, claimed, self._clock.now() + self._lease)

    async def _grade(self, claimed: Claim) -> GradedJob:
        job = await self._job(claimed)
        try:
            return await self._grader.grade(job)
        except NexusError as error:
            log.exception("grading_failed", submission=str(claimed.submission_id))
            return _failed(error.message, is_retryable=False)
        except Exception as error:  # noqa: BLE001  a fault of ours must not stop the queue, and costs no attempt
            log.warning("grading_crashed", submission=str(claimed.submission_id), error=repr(error))
            return _failed(f"{type(error).__name__} in the grader", is_retryable=True)

    async def _job(self, claimed: Claim) -> GradingJob:
        async with self._database.transaction() as session:
            query = select(Submission).where(Submission.id == claimed.submission_id)
            row = (await session.scalars(query.options(undefer(Submission.notebook)))).one()
            node = await session.get_one(Node, claimed.node_id)
            roadmap = await session.get_one(Roadmap, node.roadmap_id)
        lab = node.spec["lab"]
        folder = self._content_dir / roadmap.slug
        return GradingJob(
            notebook=row.notebook,
            sha256=row.sha256,
            source=node.source_notebook or "",
            title=node.title,
            lab=lab,
            data={path: await asyncio.to_thread((folder / path).read_bytes) for path in lab.get("data", [])},
        )

    async def _tell(self, claimed: Claim) -> None:
        """Say that a submission is being graded, and to those behind it where they are now."""
        message = {"submission_id": str(claimed.submission_id), "node_id": str(claimed.node_id), "status": "running"}
        self._bus.publish(claimed.user_id, {"type": "grading.progress", **message})
        async with self._database.transaction() as session:
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
    """Whether the process `pid` of this machine exists no more; our own number from before is somebody else's."""
    return pid.isdecimal() and (int(pid) == os.getpid() or not Path(f"/proc/{pid}").exists())


def _failed(reason: str, *, is_retryable: bool) -> GradedJob:
    return GradedJob(
        0.0, 0.0, needs_manual=False, cells=[], provenance={}, feedback="", reason=reason, is_retryable=is_retryable
    )
