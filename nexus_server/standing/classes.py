"""What classes switch off for their students."""

from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from nexus_server.store.models.accounts import Cohort, CohortMember


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
