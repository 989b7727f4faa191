"""When the infrastructure fails under a submission: tried again a bounded number of times, then people are told."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from nexus_server.clock import Clock
from nexus_server.notebook_format.results import NotGraded
from nexus_server.store.models.accounts import CohortMember, Notification, User
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node
from nexus_server.submissions.queue import GradingQueue
from nexus_server.submissions.settings import GradingQueueSettings

log = structlog.get_logger()

MAX_RETRY = timedelta(minutes=5)
GIVEN_UP = "Grading failed several times for technical reasons. Your instructor was told; no attempt was used up."
#: longest reason that is kept
MAX_REASON_CHARS = 300


class Outages:
    """Queues again what is not the learner's fault, or gives it up after too many tries."""

    def __init__(self, queue: GradingQueue, clock: Clock, settings: GradingQueueSettings) -> None:
        """How often and how soon is in the settings."""
        self._queue = queue
        self._clock = clock
        self._settings = settings

    async def note(self, session: AsyncSession, row: Submission, why: NotGraded) -> None:
        """Queue again what could not be graded where that may help; an outage of the engine counts as no failure."""
        if why.is_retryable:
            await self.retry(session, row, why.reason, counts=not why.is_outage)
        else:
            await self.give_up(session, row, why.reason)

    async def retry(
        self, session: AsyncSession, row: Submission, reason: str, *, at_once: bool = False, counts: bool = True
    ) -> None:
        """Queue `row` again, later each time (or at once); `reason` is kept when that was the last try.

        What does not count is tried again however often it fails: nothing is wrong with it.
        """
        wait = timedelta(0) if at_once else self._wait(row.failures)
        row.failures += int(counts)
        if row.failures >= self._settings.max_failures:
            await self.give_up(session, row, f"{GIVEN_UP} ({reason})")
            return
        row.status, row.claimed_by = "queued", None
        row.claimed_until = self._clock.now() + wait if wait else None
        await self._queue.put(session, row)

    async def give_up(self, session: AsyncSession, row: Submission, reason: str) -> None:
        """End a submission that cannot be graded, and tell whoever teaches its learner.

        One that has a grade keeps it: only grading it again failed.
        """
        is_graded = row.graded_at is not None
        row.status, row.claimed_by, row.claimed_until = "graded" if is_graded else "failed", None, None
        row.reason = None if is_graded else reason[:MAX_REASON_CHARS]
        if not is_graded:  # nor can what the others of a group were given of it
            copies = update(Submission).where(Submission.copy_of == row.id)
            await session.execute(copies.values(status="failed", reason=row.reason))
        log.error("grading_given_up", submission=str(row.id), reason=reason)
        node = await session.get_one(Node, row.node_id)
        learner = await session.get_one(User, row.user_id)
        payload = {
            "submission_id": str(row.id),
            "node_id": str(row.node_id),
            "reason": reason[:MAX_REASON_CHARS],
            "message": f"“{node.title}” of {learner.display_name} could not be graded.",
        }
        for user_id in await _teachers_of(session, row):
            session.add(Notification(user_id=user_id, type="grading.failed", payload=payload))

    def _wait(self, failures: int) -> timedelta:
        """Return how long to wait after `failures` failures before this one."""
        return min(MAX_RETRY, timedelta(seconds=float(self._settings.retry_s)) * 2.0**failures)


async def _teachers_of(session: AsyncSession, row: Submission) -> set[UUID]:
    """Return the instructors of the learner's classes; without any, the admins."""
    student, teacher = aliased(CohortMember), aliased(CohortMember)
    query = (
        select(teacher.user_id)
        .join(student, student.cohort_id == teacher.cohort_id)
        .where(student.user_id == row.user_id, student.role == "student", teacher.role == "instructor")
    )
    found = set(await session.scalars(query))
    return found or set(await session.scalars(select(User.id).where(User.role == "admin", User.disabled_at.is_(None))))
