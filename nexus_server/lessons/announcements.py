"""Lessons that instructors announce: a class begins a lab at a time."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.lessons.errors import (
    AnnouncedLessonNotFoundError,
    LessonLabError,
    LessonTimeError,
    TooManyLessonsError,
)
from nexus_server.lessons.forecast import ComingLesson
from nexus_server.roadmaps.learning.progress import get_node
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember
from nexus_server.store.models.lessons import AnnouncedLesson
from nexus_server.store.models.roadmaps import Node, Roadmap

#: how long before a lesson its kernels are begun, and how long after its begin latecomers are still expected
LEAD, LATE = timedelta(minutes=10), timedelta(minutes=10)
#: how far ahead a lesson may be announced, and how many a class may have to come
FURTHEST, MOST_TO_COME = timedelta(days=180), 50


class LessonIn(BaseModel):
    """A lab that a class begins, and when."""

    model_config = ConfigDict(extra="forbid")
    node_id: UUID
    starts_at: AwareDatetime


class LessonView(BaseModel):
    """A lesson to come."""

    id: UUID
    node_id: UUID
    title: str
    roadmap: str
    starts_at: datetime


class LessonsView(BaseModel):
    """The lessons that a class has to come, the next first."""

    items: list[LessonView]
    next: None = None


class Announcements:
    """Announces, lists and withdraws lessons."""

    def __init__(self, database: Database, cohorts: Cohorts, audit: AuditLog, clock: Clock) -> None:
        """Instructors announce for the `cohorts` that they teach."""
        self._database, self._cohorts = database, cohorts
        self._audit, self._clock = audit, clock

    async def list_coming(self, instructor: Learner, cohort_id: UUID) -> LessonsView:
        """Return what a class has to come, and what it has just begun.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: there is none, or it is another instructor's.
        """
        await self._cohorts.get(instructor, cohort_id)
        query = (
            select(AnnouncedLesson, Node.title, Roadmap.title)
            .join(Node, Node.id == AnnouncedLesson.node_id)
            .join(Roadmap, Roadmap.id == Node.roadmap_id)
            .where(AnnouncedLesson.cohort_id == cohort_id, AnnouncedLesson.starts_at > self._clock.now() - LATE)
            .order_by(AnnouncedLesson.starts_at, AnnouncedLesson.id)
        )
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
        return LessonsView(
            items=[
                LessonView(id=row.id, node_id=row.node_id, title=title, roadmap=roadmap, starts_at=row.starts_at)
                for row, title, roadmap in rows
            ]
        )

    async def announce(self, instructor: Learner, cohort_id: UUID, lesson: LessonIn) -> LessonsView:
        """Announce a lesson; return what the class has to come.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: there is none, or it is another instructor's.
            NodeNotFoundError, LessonLabError, LessonTimeError, TooManyLessonsError
        """
        await self._cohorts.get(instructor, cohort_id)
        now = self._clock.now()
        if not now - LATE < lesson.starts_at <= now + FURTHEST:
            raise LessonTimeError(fields={"starts_at": "is past, or too far ahead"})
        async with self._database.transaction() as session:
            await _require_lab(session, lesson.node_id)
            await session.get_one(Cohort, cohort_id, with_for_update=True)  # two tabs may not both add the last one
            if (await session.scalar(_count_coming(cohort_id, now)) or 0) >= MOST_TO_COME:
                raise TooManyLessonsError
            row = AnnouncedLesson(
                id=uuid4(), cohort_id=cohort_id, node_id=lesson.node_id, starts_at=lesson.starts_at, created_at=now
            )
            session.add(row)
            self._audit.write(session, instructor.id, "lesson.announce", "cohort", cohort_id, lesson_id=str(row.id))
        return await self.list_coming(instructor, cohort_id)

    async def withdraw(self, instructor: Learner, cohort_id: UUID, lesson_id: UUID) -> LessonsView:
        """Withdraw a lesson; return what the class has to come.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: there is none, or it is another instructor's.
            AnnouncedLessonNotFoundError: the class has no such lesson.
        """
        await self._cohorts.get(instructor, cohort_id)
        async with self._database.transaction() as session:
            row = await session.get(AnnouncedLesson, lesson_id)
            if row is None or row.cohort_id != cohort_id:
                raise AnnouncedLessonNotFoundError
            await session.delete(row)
            self._audit.write(session, instructor.id, "lesson.withdraw", "cohort", cohort_id, lesson_id=str(lesson_id))
        return await self.list_coming(instructor, cohort_id)


async def read_beginning(session: AsyncSession, now: datetime) -> list[ComingLesson]:
    """Return the lessons for which kernels should be ready about now, each with its students."""
    query = (
        select(AnnouncedLesson.id, Node.spec["lab"]["kernel"].as_string(), CohortMember.user_id)
        .join(Node, Node.id == AnnouncedLesson.node_id)
        .join(Cohort, Cohort.id == AnnouncedLesson.cohort_id)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .where(
            AnnouncedLesson.starts_at.between(now - LATE, now + LEAD),
            CohortMember.role == "student",
            Cohort.archived_at.is_(None),
            Node.type == "lab",
            Node.archived_at.is_(None),
        )
    )
    found: dict[UUID, tuple[str, set[UUID]]] = {}
    for lesson_id, kernel_name, user_id in await session.execute(query):
        found.setdefault(lesson_id, (kernel_name, set()))[1].add(user_id)
    return [ComingLesson(kernel_name, frozenset(students)) for kernel_name, students in found.values()]


async def _require_lab(session: AsyncSession, node_id: UUID) -> None:
    if (await get_node(session, node_id)).type != "lab":
        raise LessonLabError


def _count_coming(cohort_id: UUID, now: datetime) -> Select[int]:
    mine = (AnnouncedLesson.cohort_id == cohort_id, AnnouncedLesson.starts_at > now - LATE)
    return select(func.count()).select_from(AnnouncedLesson).where(*mine)
