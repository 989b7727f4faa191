"""Which timed exams learners started, and whether they may see what their work is worth."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.models.exams import ExamSitting


async def find_sitting(session: AsyncSession, user_id: UUID, node_id: UUID) -> ExamSitting | None:
    """Return a learner's sitting of an exam."""
    query = select(ExamSitting).where(ExamSitting.user_id == user_id, ExamSitting.node_id == node_id)
    return await session.scalar(query)


async def are_results_held(session: AsyncSession, user_id: UUID, node_id: UUID) -> bool:
    """Whether a learner may not see yet what their work on a lab is worth: they sat an exam that is not released."""
    sitting = await find_sitting(session, user_id, node_id)
    return sitting is not None and sitting.released_at is None
