"""Classes: made by instructors, joined by code; who teaches sees the learners of their own classes only."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.class_access import INSTRUCTOR, STUDENT, ClassRight, classes_of, get_class
from nexus_server.accounts.class_members import enrol
from nexus_server.accounts.errors import BadJoinCodeError
from nexus_server.accounts.listing import BoardKeeper
from nexus_server.accounts.permissions import Permission, may, require
from nexus_server.clock import Clock
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember, User

#: without 0 and O, 1, I and L: codes are read out aloud and typed
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_CHARS = 8

#: what is set as it is given
CHANGEABLE = ("name", "holidays", "shows_boards", "shows_xp", "next_order")
#: what changes whether students are listed on leaderboards
LISTING = frozenset({"shows_boards", "shows_xp", "archived"})


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class, to somebody of its staff."""

    cohort: Cohort
    #: how many
    students: int
    #: what somebody is in it; administrators are instructors of every class
    my_role: str


class Cohorts:
    """Makes, shows and changes classes."""

    def __init__(self, database: Database, audit: AuditLog, clock: Clock, boards: BoardKeeper) -> None:
        """Join the parts; `boards` hear of who may be listed."""
        self._boards = boards
        self._database = database
        self._audit = audit
        self._clock = clock

    async def create(self, instructor: Learner, name: str) -> Cohort:
        """Make a class with its maker as instructor.

        Raises:
            ForbiddenError: students may not.
        """
        require(instructor, Permission.TEACH)
        async with self._database.transaction() as session:
            cohort = await found_class(session, instructor, name, self._clock.now())
            self._audit.write(session, instructor.id, "cohort.create", "cohort", cohort.id, name=name)
        return cohort

    async def list_own(self, instructor: Learner, right: ClassRight = ClassRight.RUN) -> list[OwnClass]:
        """Return the classes in which somebody has a right (all of them for admins).

        The newest are first; archived ones come last.

        Raises:
            ForbiddenError: students may not.
        """
        require(instructor, Permission.TEACH)
        students = (
            select(CohortMember.cohort_id, func.count().label("students"))
            .where(CohortMember.role == STUDENT)
            .group_by(CohortMember.cohort_id)
            .subquery()
        )
        mine = (CohortMember.cohort_id == Cohort.id) & (CohortMember.user_id == instructor.id)
        query = (
            select(Cohort, func.coalesce(students.c.students, 0), CohortMember.role)
            .outerjoin(students, students.c.cohort_id == Cohort.id)
            .outerjoin(CohortMember, mine)
            .where(Cohort.id.in_(classes_of(instructor, right)))
            .order_by(Cohort.archived_at.is_not(None), Cohort.created_at.desc(), Cohort.id)
        )
        async with self._database.reading() as session:
            rows = list(await session.execute(query))
        sees_all = may(instructor, Permission.SEE_EVERYBODY)
        return [OwnClass(cohort, count, INSTRUCTOR if sees_all else role) for cohort, count, role in rows]

    async def get(self, instructor: Learner, cohort_id: UUID, right: ClassRight = ClassRight.RUN) -> Cohort:
        """Return a class in which the instructor has a right.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: there is none, or it is other people's.
            MarksOnlyError: they only mark in it.
        """
        require(instructor, Permission.TEACH)
        async with self._database.reading() as session:
            return await get_class(session, instructor, cohort_id, right)

    async def change(self, instructor: Learner, cohort_id: UUID, values: Mapping[str, object]) -> Cohort:
        """Set `name`, `holidays` (ISO dates), `shows_boards`, `shows_xp`, `next_order`, `archived` (bool).

        `new_join_code` true makes the old code worthless.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError, MarksOnlyError
        """
        require(instructor, Permission.TEACH)
        async with self._database.transaction() as session:
            cohort = await get_class(session, instructor, cohort_id, ClassRight.RUN)
            for name in CHANGEABLE:
                if name in values:
                    setattr(cohort, name, values[name])
            if values.get("new_join_code"):
                cohort.join_code = _new_code()
            if "archived" in values:
                cohort.archived_at = self._clock.now() if values["archived"] else None
            self._audit.write(session, instructor.id, "cohort.change", "cohort", cohort.id, changed=sorted(values))
            students = list(await session.scalars(_students_of(cohort_id))) if LISTING & set(values) else []
        for user_id in students:
            await self._boards.put_scores(user_id)
        return cohort

    async def join(self, learner: Learner, code: str) -> Cohort:
        """Join a class by its code; joining twice is fine.

        Raises:
            BadJoinCodeError: no open class has this code.
        """
        wanted = code.strip().upper().replace("-", "")
        async with self._database.transaction() as session:
            query = select(Cohort).where(Cohort.join_code == wanted, Cohort.archived_at.is_(None))
            cohort = await session.scalar(query)
            if cohort is None:
                raise BadJoinCodeError
            await enrol(session, cohort.id, learner.id, STUDENT, self._clock.now())
        await self._boards.put_scores(learner.id)
        return cohort

    async def list_joined(self, learner: Learner) -> list[Cohort]:
        """Return the open classes that somebody belongs to, by name."""
        query = (
            select(Cohort)
            .join(CohortMember, CohortMember.cohort_id == Cohort.id)
            .where(CohortMember.user_id == learner.id, Cohort.archived_at.is_(None))
            .order_by(Cohort.name, Cohort.id)
        )
        async with self._database.reading() as session:
            return list(await session.scalars(query))

    async def student_ids(
        self, instructor: Learner, cohort_id: UUID | None = None, right: ClassRight = ClassRight.RUN
    ) -> set[UUID]:
        """Return the students of one class, or of all classes in which an instructor has a right.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: the class is other people's.
            MarksOnlyError: the instructor only marks in it.
        """
        require(instructor, Permission.TEACH)
        async with self._database.reading() as session:
            if cohort_id is not None:
                await get_class(session, instructor, cohort_id, right)
                query = select(CohortMember.user_id).where(CohortMember.cohort_id == cohort_id)
            elif may(instructor, Permission.SEE_EVERYBODY):
                return set(await session.scalars(select(User.id).where(User.role == Role.STUDENT)))
            else:
                query = select(CohortMember.user_id).where(CohortMember.cohort_id.in_(classes_of(instructor, right)))
            return set(await session.scalars(query.where(CohortMember.role == STUDENT)))

    async def teaches(self, instructor: Learner, student_id: UUID, right: ClassRight = ClassRight.RUN) -> bool:
        """Whether somebody is an admin, or has a right in one of the student's classes."""
        if not may(instructor, Permission.TEACH):
            return False
        if may(instructor, Permission.SEE_EVERYBODY):
            return True
        query = select(CohortMember.user_id).where(
            CohortMember.user_id == student_id,
            CohortMember.role == STUDENT,
            CohortMember.cohort_id.in_(classes_of(instructor, right)),
        )
        async with self._database.reading() as session:
            return await session.scalar(query.limit(1)) is not None


async def found_class(session: AsyncSession, instructor: Learner, name: str, now: datetime) -> Cohort:
    """Write a new class with its maker as instructor."""
    cohort = Cohort(id=uuid4(), name=name, join_code=_new_code(), holidays=[], created_by=instructor.id, created_at=now)
    session.add(cohort)
    await session.flush()
    session.add(CohortMember(cohort_id=cohort.id, user_id=instructor.id, role=INSTRUCTOR, joined_at=now))
    await session.flush()
    return cohort


def _students_of(cohort_id: UUID) -> Select[UUID]:
    return select(CohortMember.user_id).where(CohortMember.cohort_id == cohort_id, CohortMember.role == STUDENT)


def _new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_CHARS))
