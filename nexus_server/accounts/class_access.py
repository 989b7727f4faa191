"""Who may do what in a class: its instructors run it, its graders read and mark what its students hand in."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.errors import MarksOnlyError, UnknownCohortError
from nexus_server.accounts.permissions import Permission, may
from nexus_server.learner import Learner
from nexus_server.store.models.accounts import Cohort, CohortMember

STUDENT, GRADER, INSTRUCTOR = "student", "grader", "instructor"


class ClassRight(StrEnum):
    """What somebody wants to do in a class."""

    #: change it, and see all about its students
    RUN = "run"
    #: read and mark what its students hand in, and see who they are
    MARK = "mark"


#: the roles in a class that have a right
ROLES: Mapping[ClassRight, tuple[str, ...]] = {
    ClassRight.RUN: (INSTRUCTOR,),
    ClassRight.MARK: (INSTRUCTOR, GRADER),
}


def classes_of(instructor: Learner, right: ClassRight) -> Select[UUID]:
    """Return the ids of the classes in which somebody has a right; admins have each in every class."""
    if may(instructor, Permission.SEE_EVERYBODY):
        return select(Cohort.id)
    mine = CohortMember.user_id == instructor.id
    return select(CohortMember.cohort_id).where(mine, CohortMember.role.in_(ROLES[right]))


async def get_class(session: AsyncSession, instructor: Learner, cohort_id: UUID, right: ClassRight) -> Cohort:
    """Return a class in which the instructor has a right.

    Raises:
        UnknownCohortError: there is none, or it is other people's.
        MarksOnlyError: they only mark in it.
    """
    for held in dict.fromkeys((right, ClassRight.MARK)):
        query = select(Cohort).where(Cohort.id == cohort_id, Cohort.id.in_(classes_of(instructor, held)))
        cohort = await session.scalar(query)
        if cohort is not None and held is right:
            return cohort
        if cohort is not None:
            raise MarksOnlyError
    raise UnknownCohortError
