"""The people of a class: students, and those who teach it as instructors or as graders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.class_access import GRADER, INSTRUCTOR, STUDENT, ClassRight, classes_of, get_class
from nexus_server.accounts.errors import LastInstructorError, UnknownUserError
from nexus_server.accounts.fields import normalise_email
from nexus_server.accounts.listing import BoardKeeper
from nexus_server.accounts.permissions import Permission, may, require
from nexus_server.clock import Clock
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import CohortMember, User

#: as what a colleague belongs to a class
StaffRole = Literal["instructor", "grader"]


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


class ClassMembers:
    """Lists, adds and removes them."""

    def __init__(self, database: Database, audit: AuditLog, clock: Clock, boards: BoardKeeper) -> None:
        """Join the parts; `boards` hear of who may be listed."""
        self._database = database
        self._audit = audit
        self._clock = clock
        self._boards = boards

    async def list_all(self, instructor: Learner, cohort_id: UUID) -> list[Member]:
        """Return the people in a class, students last. Graders do not see labels, which are accommodations.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: there is none, or it is other people's.
        """
        require(instructor, Permission.TEACH)
        query = (
            select(CohortMember, User)
            .join(User, User.id == CohortMember.user_id)
            .where(CohortMember.cohort_id == cohort_id)
            .order_by(CohortMember.role == STUDENT, CohortMember.role.desc(), User.display_name, User.id)
        )
        runs = select(CohortMember.cohort_id).where(CohortMember.cohort_id == cohort_id)
        async with self._database.reading() as session:
            await get_class(session, instructor, cohort_id, ClassRight.MARK)
            mine = runs.where(CohortMember.cohort_id.in_(classes_of(instructor, ClassRight.RUN)))
            shows_labels = await session.scalar(mine.limit(1)) is not None
            rows = list(await session.execute(query))
        return [
            Member(
                user.id,
                user.display_name,
                user.email,
                member.role,
                member.joined_at,
                user.last_login,
                member.labels if shows_labels else [],
            )
            for member, user in rows
        ]

    async def add(self, instructor: Learner, cohort_id: UUID, email: str, role: StaffRole = "instructor") -> None:
        """Add a colleague; admins may add students too, who otherwise join by code.

        Raises:
            ForbiddenError: an instructor may not enrol students by themselves: that would show their data unasked.
            UnknownCohortError, MarksOnlyError
            UnknownUserError: nobody has this address.
        """
        require(instructor, Permission.TEACH)
        async with self._database.transaction() as session:
            await get_class(session, instructor, cohort_id, ClassRight.RUN)
            user = await session.scalar(select(User).where(User.email == normalise_email(email)))
            if not may(instructor, Permission.SEE_EVERYBODY) and (user is None or user.role == Role.STUDENT):
                raise ForbiddenError("Students join by the code; here you can add another instructor.")
            if user is None:
                raise UnknownUserError
            as_what = STUDENT if user.role == Role.STUDENT else role
            await enrol(session, cohort_id, user.id, as_what, self._clock.now())
            facts = {"user_id": str(user.id), "role": as_what}
            self._audit.write(session, instructor.id, "cohort.add", "cohort", cohort_id, **facts)
        await self._boards.put_scores(user.id)

    async def set_role(self, instructor: Learner, cohort_id: UUID, user_id: UUID, role: StaffRole) -> None:
        """Let a colleague in a class run it, or mark only.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError, MarksOnlyError
            UnknownUserError: nobody of the class's staff.
            LastInstructorError: nobody would be left to run the class.
        """
        require(instructor, Permission.TEACH)
        async with self._database.transaction() as session:
            await get_class(session, instructor, cohort_id, ClassRight.RUN)
            member = await _lock(session, cohort_id, user_id)
            if member is None or member.role not in (INSTRUCTOR, GRADER):
                raise UnknownUserError
            if role != INSTRUCTOR:
                await _require_another(session, instructor, member)
            member.role = role
            facts = {"user_id": str(user_id), "role": role}
            self._audit.write(session, instructor.id, "cohort.role", "cohort", cohort_id, **facts)

    async def remove(self, instructor: Learner, cohort_id: UUID, user_id: UUID) -> None:
        """Take somebody out of a class; what they learnt stays theirs.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError, MarksOnlyError
            LastInstructorError: nobody would be left to run the class.
        """
        require(instructor, Permission.TEACH)
        async with self._database.transaction() as session:
            await get_class(session, instructor, cohort_id, ClassRight.RUN)
            member = await _lock(session, cohort_id, user_id)
            if member is not None:
                await _require_another(session, instructor, member)
                await session.delete(member)
            self._audit.write(session, instructor.id, "cohort.remove", "cohort", cohort_id, user_id=str(user_id))
        await self._boards.put_scores(user_id)


async def enrol(session: AsyncSession, cohort_id: UUID, user_id: UUID, role: str, now: datetime) -> None:
    """Make somebody a member; who is one already stays what they are."""
    if await session.get(CohortMember, (cohort_id, user_id)) is not None:
        return
    try:
        async with session.begin_nested():
            session.add(CohortMember(cohort_id=cohort_id, user_id=user_id, role=role, joined_at=now))
    except IntegrityError:
        return  # joined in another tab at the same moment


async def _lock(session: AsyncSession, cohort_id: UUID, user_id: UUID) -> CohortMember | None:
    """Return a member, with all of the class's instructors locked: two of them do not leave at the same moment."""
    staff = CohortMember.role == INSTRUCTOR
    query = select(CohortMember).where(CohortMember.cohort_id == cohort_id, staff)
    await session.scalars(query.order_by(CohortMember.user_id).with_for_update())
    return await session.get(CohortMember, (cohort_id, user_id), with_for_update=True)


async def _require_another(session: AsyncSession, instructor: Learner, member: CohortMember) -> None:
    """Keep a class from being left to nobody; administrators run it all the same."""
    if member.role != INSTRUCTOR or may(instructor, Permission.SEE_EVERYBODY):
        return
    others = select(func.count()).where(
        CohortMember.cohort_id == member.cohort_id,
        CohortMember.role == INSTRUCTOR,
        CohortMember.user_id != member.user_id,
    )
    if not await session.scalar(others):
        raise LastInstructorError
