"""Classes: made by instructors, joined by code; an instructor sees the learners of their own classes only."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.errors import BadJoinCodeError, UnknownCohortError, UnknownUserError
from nexus_server.accounts.fields import normalise_email
from nexus_server.accounts.listing import BoardKeeper
from nexus_server.accounts.permissions import Permission, may, require
from nexus_server.clock import Clock
from nexus_server.errors import ForbiddenError
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
STUDENT, INSTRUCTOR = "student", "instructor"


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a class."""

    user_id: UUID
    display_name: str
    email: str
    role: str
    joined_at: datetime
    last_login: datetime | None
    labels: list[str]


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
        now = self._clock.now()
        cohort = Cohort(
            id=uuid4(), name=name, join_code=_new_code(), holidays=[], created_by=instructor.id, created_at=now
        )
        async with self._database.transaction() as session:
            session.add(cohort)
            await session.flush()
            session.add(CohortMember(cohort_id=cohort.id, user_id=instructor.id, role=INSTRUCTOR, joined_at=now))
            self._audit.write(session, instructor.id, "cohort.create", "cohort", cohort.id, name=name)
        return cohort

    async def list_own(self, instructor: Learner) -> Sequence[tuple[Cohort, int]]:
        """Return the classes that somebody teaches (all of them for admins), each with its number of students.

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
        query = (
            select(Cohort, func.coalesce(students.c.students, 0))
            .outerjoin(students, students.c.cohort_id == Cohort.id)
            .where(Cohort.id.in_(_taught_by(instructor)))
            .order_by(Cohort.archived_at.is_not(None), Cohort.created_at.desc(), Cohort.id)
        )
        async with self._database.reading() as session:
            return [(cohort, count) for cohort, count in await session.execute(query)]

    async def get(self, instructor: Learner, cohort_id: UUID) -> Cohort:
        """Return a class that the instructor teaches.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: there is none, or it is another instructor's.
        """
        require(instructor, Permission.TEACH)
        async with self._database.reading() as session:
            return await _get_own(session, instructor, cohort_id)

    async def change(self, instructor: Learner, cohort_id: UUID, values: Mapping[str, object]) -> Cohort:
        """Set `name`, `holidays` (ISO dates), `shows_boards`, `shows_xp`, `next_order`, `archived` (bool).

        `new_join_code` true makes the old code worthless.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: there is none, or it is another instructor's.
        """
        require(instructor, Permission.TEACH)
        async with self._database.transaction() as session:
            cohort = await _get_own(session, instructor, cohort_id)
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

    async def members(self, instructor: Learner, cohort_id: UUID) -> list[Member]:
        """Return the people in a class, instructors first.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: there is none, or it is another instructor's.
        """
        require(instructor, Permission.TEACH)
        query = (
            select(CohortMember, User)
            .join(User, User.id == CohortMember.user_id)
            .where(CohortMember.cohort_id == cohort_id)
            .order_by(CohortMember.role, User.display_name, User.id)
        )
        async with self._database.reading() as session:
            await _get_own(session, instructor, cohort_id)
            rows = list(await session.execute(query))
        return [Member(u.id, u.display_name, u.email, m.role, m.joined_at, u.last_login, m.labels) for m, u in rows]

    async def add_member(self, instructor: Learner, cohort_id: UUID, email: str) -> None:
        """Add a colleague as instructor; admins may add students too, who otherwise join by code.

        Raises:
            ForbiddenError: an instructor may not enrol students by themselves: that would show their data unasked.
            UnknownCohortError: there is no such class, or it is another instructor's.
            UnknownUserError: nobody has this address.
        """
        require(instructor, Permission.TEACH)
        async with self._database.transaction() as session:
            await _get_own(session, instructor, cohort_id)
            user = await session.scalar(select(User).where(User.email == normalise_email(email)))
            if not may(instructor, Permission.SEE_EVERYBODY) and (user is None or user.role == Role.STUDENT):
                raise ForbiddenError("Students join by the code; here you can add another instructor.")
            if user is None:
                raise UnknownUserError
            role = STUDENT if user.role == Role.STUDENT else INSTRUCTOR
            await self._enrol(session, cohort_id, user.id, role)
            facts = {"user_id": str(user.id), "role": role}
            self._audit.write(session, instructor.id, "cohort.add", "cohort", cohort_id, **facts)
        await self._boards.put_scores(user.id)

    async def remove_member(self, instructor: Learner, cohort_id: UUID, user_id: UUID) -> None:
        """Take somebody out of a class; what they learnt stays theirs.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: there is none, or it is another instructor's.
        """
        require(instructor, Permission.TEACH)
        async with self._database.transaction() as session:
            await _get_own(session, instructor, cohort_id)
            await session.execute(
                delete(CohortMember).where(CohortMember.cohort_id == cohort_id, CohortMember.user_id == user_id)
            )
            self._audit.write(session, instructor.id, "cohort.remove", "cohort", cohort_id, user_id=str(user_id))
        await self._boards.put_scores(user_id)

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
            await self._enrol(session, cohort.id, learner.id, STUDENT)
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

    async def student_ids(self, instructor: Learner, cohort_id: UUID | None = None) -> set[UUID]:
        """Return the students whom an instructor may see, of one class or of all of theirs.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: the class is another instructor's.
        """
        require(instructor, Permission.TEACH)
        async with self._database.reading() as session:
            if cohort_id is not None:
                await _get_own(session, instructor, cohort_id)
                query = select(CohortMember.user_id).where(CohortMember.cohort_id == cohort_id)
            elif may(instructor, Permission.SEE_EVERYBODY):
                return set(await session.scalars(select(User.id).where(User.role == Role.STUDENT)))
            else:
                query = select(CohortMember.user_id).where(CohortMember.cohort_id.in_(_taught_by(instructor)))
            return set(await session.scalars(query.where(CohortMember.role == STUDENT)))

    async def teaches(self, instructor: Learner, student_id: UUID) -> bool:
        """Whether somebody may see a student's work: an admin, or an instructor of one of the student's classes."""
        if not may(instructor, Permission.TEACH):
            return False
        if may(instructor, Permission.SEE_EVERYBODY):
            return True
        query = select(CohortMember.user_id).where(
            CohortMember.user_id == student_id,
            CohortMember.role == STUDENT,
            CohortMember.cohort_id.in_(_taught_by(instructor)),
        )
        async with self._database.reading() as session:
            return await session.scalar(query.limit(1)) is not None

    async def _enrol(self, session: AsyncSession, cohort_id: UUID, user_id: UUID, role: str) -> None:
        if await session.get(CohortMember, (cohort_id, user_id)) is not None:
            return
        try:
            async with session.begin_nested():
                session.add(CohortMember(cohort_id=cohort_id, user_id=user_id, role=role, joined_at=self._clock.now()))
        except IntegrityError:
            return  # joined in another tab at the same moment


def _students_of(cohort_id: UUID) -> Select[UUID]:
    return select(CohortMember.user_id).where(CohortMember.cohort_id == cohort_id, CohortMember.role == STUDENT)


def _taught_by(instructor: Learner) -> Select[UUID]:
    if may(instructor, Permission.SEE_EVERYBODY):
        return select(Cohort.id)
    return select(CohortMember.cohort_id).where(CohortMember.user_id == instructor.id, CohortMember.role == INSTRUCTOR)


async def _get_own(session: AsyncSession, instructor: Learner, cohort_id: UUID) -> Cohort:
    cohort = await session.scalar(select(Cohort).where(Cohort.id == cohort_id, Cohort.id.in_(_taught_by(instructor))))
    if cohort is None:
        raise UnknownCohortError
    return cohort


def _new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_CHARS))
