"""Timed exams as those who teach see them: how each student stands, and when results are shown."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.own_terms import load_terms_for
from nexus_server.roadmaps.learning.terms import Access, ChangedTerm, Decision, Terms, decide
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.exams import ExamSitting
from nexus_server.store.models.grading import Submission
from nexus_server.submissions.grade_writer import GradeWriter
from nexus_server.submissions.rows import IS_COUNTED
from nexus_server.teaching.labs import get_lab

#: submissions that are judged in one transaction: on SQLite nobody else can write meanwhile
BATCH = 20


class StudentExam(BaseModel):
    """How an exam stands for a student, and why."""

    user_id: UUID
    display_name: str
    access: Access
    #: minutes that they have once they start, with their extra time; null: no limit
    limit_minutes: float | None
    opens: datetime | None
    deadline: datetime | None
    started_at: datetime | None
    ends_at: datetime | None
    #: when what they had was handed in
    ended_at: datetime | None
    #: why nothing could be handed in; empty where that went well
    problem: str
    #: share of the points that handing in now would cost
    penalty: float
    attempts_left: int | None
    released_at: datetime | None
    #: the terms that are not the lab's own, and by whose override
    changed_terms: list[ChangedTerm]


class ExamOverview(BaseModel):
    """How a lab stands for each student, by name. `is_exam`: somebody has a time limit, or has started."""

    is_exam: bool
    items: list[StudentExam]
    next: None = None


class Exams:
    """Shows how exams stand, and releases their results."""

    def __init__(
        self, database: Database, cohorts: Cohorts, audit: AuditLog, clock: Clock, writer: GradeWriter
    ) -> None:
        """`writer` lets results count once they are released."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._clock = clock
        self._writer = writer

    async def read(self, instructor: Learner, node_id: UUID, cohort_id: UUID | None = None) -> ExamOverview:
        """Return how a lab stands for each student, of one class or of all that the instructor teaches.

        Raises:
            ForbiddenError: students may not.
            NodeNotFoundError, NotALabError, UnknownCohortError
        """
        students = await self._cohorts.student_ids(instructor, cohort_id)
        query = (
            select(User.id, User.display_name, ExamSitting)
            .outerjoin(ExamSitting, (ExamSitting.user_id == User.id) & (ExamSitting.node_id == node_id))
            .where(User.id.in_(students))
            .order_by(User.display_name, User.id)
        )
        async with self._database.reading() as session:
            node = await get_lab(session, node_id)
            terms = await load_terms_for(session, students, node)
            counts = await _attempts(session, node_id, students)
            rows = (await session.execute(query)).all()
        now = self._clock.now()
        items = [
            _student(row, terms[row[0]], decide(terms[row[0]], now, counts.get(row[0], 0), _started_at(row[2])))
            for row in rows
        ]
        is_exam = any(item.limit_minutes is not None or item.started_at is not None for item in items)
        return ExamOverview(is_exam=is_exam, items=items)

    async def release(self, instructor: Learner, node_id: UUID, cohort_id: UUID | None = None) -> ExamOverview:
        """Show their results to those whose exam is over; from now on these count for progress and XP.

        Whoever still writes is left out; releasing again takes them along.

        Raises:
            ForbiddenError: students may not.
            NodeNotFoundError, NotALabError, UnknownCohortError
        """
        students = await self._cohorts.student_ids(instructor, cohort_id)
        over = (
            ExamSitting.node_id == node_id,
            ExamSitting.user_id.in_(students),
            # Where nobody looks for its end, its time limit was lifted.
            or_(ExamSitting.ended_at.is_not(None), ExamSitting.check_at.is_(None)),
            ExamSitting.released_at.is_(None),
        )
        async with self._database.transaction() as session:
            await get_lab(session, node_id)
            # No later end than this one: what was released is not sat any more.
            values: dict[str, Any] = {"released_at": self._clock.now(), "check_at": None}
            released = update(ExamSitting).where(*over).values(values).returning(ExamSitting.user_id)
            user_ids = list(await session.scalars(released))
            if user_ids:  # of two who release at once, one did
                facts = {"students": len(user_ids), "cohort_id": str(cohort_id) if cohort_id else None}
                self._audit.write(session, instructor.id, "exam.release", "node", node_id, **facts)
        await self._let_count(node_id)
        return await self.read(instructor, node_id, cohort_id)

    async def _let_count(self, node_id: UUID) -> None:
        """Judge what was released, a few in each transaction. Should the process die, releasing again does the rest.

        Whoever else releases at the same moment finds a batch either waiting or judged, so nobody is told twice.
        """
        query = (
            select(Submission.id)
            .join(ExamSitting, ExamSitting.user_id == Submission.user_id)
            .where(
                ExamSitting.node_id == node_id,
                ExamSitting.released_at.is_not(None),
                Submission.node_id == node_id,
                Submission.status == "graded",
                Submission.is_held.is_(True),
            )
            .order_by(Submission.user_id, Submission.attempt)
        )
        async with self._database.reading() as session:
            held = list(await session.scalars(query))
        for start in range(0, len(held), BATCH):
            async with self._database.transaction() as session:
                batch = Submission.id.in_(held[start : start + BATCH])
                rows = select(Submission).where(batch, Submission.is_held.is_(True)).with_for_update()
                waiting = (await session.scalars(rows.order_by(Submission.user_id, Submission.attempt))).all()
                written = [await self._writer.reconsider(session, row) for row in waiting]
            for each in written:
                await self._writer.announce(each)


def _started_at(sitting: ExamSitting | None) -> datetime | None:
    return sitting.started_at if sitting else None


def _student(row: Row[UUID, str, ExamSitting], terms: Terms, decision: Decision) -> StudentExam:
    user_id, name = row[0], row[1]
    sitting: ExamSitting | None = row[2]
    return StudentExam(
        user_id=user_id,
        display_name=name,
        access=decision.access,
        limit_minutes=terms.time_limit.total_seconds() / 60 if terms.time_limit else None,
        opens=terms.opens,
        deadline=terms.deadline,
        started_at=_started_at(sitting),
        ends_at=decision.ends_at,
        ended_at=sitting.ended_at if sitting else None,
        problem=sitting.problem if sitting else "",
        penalty=decision.penalty,
        attempts_left=decision.attempts_left,
        released_at=sitting.released_at if sitting else None,
        changed_terms=list(terms.changed),
    )


async def _attempts(session: AsyncSession, node_id: UUID, user_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many attempts count, by learner."""
    query = (
        select(Submission.user_id, func.count().label("number"))
        .where(Submission.node_id == node_id, Submission.user_id.in_(user_ids), IS_COUNTED)
        .group_by(Submission.user_id)
    )
    return {row.user_id: row.number for row in await session.execute(query)}
