"""What classes decide for their students."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from nexus_server.store.models.accounts import Cohort, CohortMember


class NextOrder(StrEnum):
    """How *Next for you* finds the step: a class may compare the two with another class."""

    #: steps back and reviews come before the next step
    CHOSEN = "chosen"
    #: the next step of the roadmap, always
    FIXED = "fixed"


def follow_the_roadmap(user_id: UUID) -> Select[UUID]:
    """Return the statement of a student's open classes whose order is fixed."""
    return (
        select(Cohort.id)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .where(
            CohortMember.user_id == user_id,
            CohortMember.role == "student",
            Cohort.archived_at.is_(None),
            Cohort.next_order == NextOrder.FIXED.value,
        )
    )


def students_without(*switches: InstrumentedAttribute[bool]) -> Select[UUID]:
    """Return the statement of the students of open classes that have one of the switches off."""
    return (
        select(CohortMember.user_id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(
            CohortMember.role == "student",
            Cohort.archived_at.is_(None),
            or_(*(switch.is_(False) for switch in switches)),
        )
    )
