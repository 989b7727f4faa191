"""Groups that hand a lab in together, as their members see them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from nexus_server.store.models.accounts import Cohort, CohortMember, User
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.groups import WorkGroup, WorkGroupMember


class GroupMate(BaseModel):
    """Somebody of my group."""

    display_name: str
    is_me: bool


class OwnGroupView(BaseModel):
    """My group in a lab: what one hands in is everybody's."""

    name: str
    members: list[GroupMate]
    #: who handed in last, and when; None: nobody yet, or their account is gone
    last_by: str | None
    last_at: datetime | None


async def read_group(session: AsyncSession, user_id: UUID, node_id: UUID) -> OwnGroupView | None:
    """Return a learner's group in a lab; None where they work alone."""
    group = await _find_group(session, user_id, node_id)
    if group is None:
        return None
    people = await session.execute(
        select(User.id, User.display_name).where(User.id.in_(_members(group))).order_by(User.display_name, User.id)
    )
    original = aliased(Submission)
    last = await session.execute(
        select(Submission.received_at, Submission.copy_of, User.display_name)
        .outerjoin(original, original.id == Submission.copy_of)
        .outerjoin(User, User.id == original.user_id)
        .where(Submission.user_id == user_id, Submission.node_id == node_id)
        .order_by(Submission.attempt.desc())
        .limit(1)
    )
    members = [GroupMate(display_name=name, is_me=member_id == user_id) for member_id, name in people]
    me = next((each.display_name for each in members if each.is_me), None)
    found = last.first()
    last_by = None if found is None else found[2] if found[1] is not None else me
    return OwnGroupView(name=group.name, members=members, last_by=last_by, last_at=found[0] if found else None)


async def lock_mates(session: AsyncSession, user_id: UUID, node_id: UUID) -> Sequence[UUID]:
    """Return the others of a learner's group, always in the same order, while nobody else of it hands in."""
    group = await _find_group(session, user_id, node_id)
    if group is None:
        return []
    await session.get(WorkGroup, group.id, with_for_update=True)
    mates = _members(group).where(WorkGroupMember.user_id != user_id)
    return list(await session.scalars(mates.order_by(WorkGroupMember.user_id)))


async def _find_group(session: AsyncSession, user_id: UUID, node_id: UUID) -> WorkGroup | None:
    """Return the group of a learner who is in its class."""
    query = (
        select(WorkGroup)
        .join(WorkGroupMember, WorkGroupMember.group_id == WorkGroup.id)
        .join(Cohort, Cohort.id == WorkGroup.cohort_id)
        .join(CohortMember, (CohortMember.cohort_id == Cohort.id) & (CohortMember.user_id == WorkGroupMember.user_id))
        .where(
            WorkGroupMember.user_id == user_id,
            WorkGroupMember.node_id == node_id,
            CohortMember.role == "student",
            Cohort.archived_at.is_(None),
        )
    )
    return await session.scalar(query)


def _members(group: WorkGroup) -> Select[UUID]:
    """Select who is in a group, and still in its class."""
    return (
        select(WorkGroupMember.user_id)
        .join(CohortMember, CohortMember.user_id == WorkGroupMember.user_id)
        .where(
            WorkGroupMember.group_id == group.id,
            CohortMember.cohort_id == group.cohort_id,
            CohortMember.role == "student",
        )
    )
