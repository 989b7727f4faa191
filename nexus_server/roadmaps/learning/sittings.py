"""Which timed exams learners started, and whether they may see what their work is worth."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from nexus_server.learner import Role
from nexus_server.roadmaps.files.roadmap_file import ExamAid, LabSpec
from nexus_server.store.models.accounts import User
from nexus_server.store.models.exams import ExamSitting
from nexus_server.store.models.roadmaps import Node


async def find_sitting(session: AsyncSession, user_id: UUID, node_id: UUID) -> ExamSitting | None:
    """Return a learner's sitting of an exam."""
    query = select(ExamSitting).where(ExamSitting.user_id == user_id, ExamSitting.node_id == node_id)
    return await session.scalar(query)


async def are_results_held(session: AsyncSession, user_id: UUID, node_id: UUID, *, for_write: bool = False) -> bool:
    """Whether a learner may not see yet what their work on a lab is worth: they sat an exam that is not released.

    `for_write`: a release waits for the end of the caller's transaction, so that it finds what the caller held back.
    """
    query = select(ExamSitting).where(
        ExamSitting.user_id == user_id, ExamSitting.node_id == node_id, ExamSitting.released_at.is_(None)
    )
    # The whole row: of a column alone, PostgreSQL would not look again after it waited for a release.
    sitting = await session.scalar(query.with_for_update(read=True) if for_write else query)
    return sitting is not None


async def exams_that_close(session: AsyncSession, user_id: UUID, aid: ExamAid) -> list[str]:
    """Return the titles of the exams that close `aid` to a learner now, in their order.

    Those are the exams that the learner sits. The forum, where who is done could tell others, stays closed to who has
    been through one as long as other students sit it.
    """
    is_closed = _runs(ExamSitting)
    if aid == "forum":
        is_closed |= ExamSitting.released_at.is_(None) & _is_sat_by_others()
    query = (
        select(Node.title, Node.spec)
        .join(ExamSitting, ExamSitting.node_id == Node.id)
        .where(ExamSitting.user_id == user_id, is_closed)
        .order_by(Node.title)
    )
    return [
        title
        for title, spec in await session.execute(query)
        if aid not in LabSpec.model_validate(spec["lab"]).exam_allows
    ]


def _runs(sitting: type[ExamSitting]) -> ColumnElement[bool]:
    # One that is not looked at any more has no end: its time limit was lifted.
    return sitting.ended_at.is_(None) & sitting.check_at.is_not(None)


def _is_sat_by_others() -> ColumnElement[bool]:
    other = aliased(ExamSitting)
    return (
        select(other.id)
        .join(User, User.id == other.user_id)
        .where(other.node_id == ExamSitting.node_id, User.role == Role.STUDENT, _runs(other))
        .correlate(ExamSitting)
        .exists()
    )
