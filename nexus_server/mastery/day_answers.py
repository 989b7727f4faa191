"""Answers of practice: the first one of each day is evidence, and nothing is paid."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.models.practice import CodePracticeAnswer, PracticeAnswer
from nexus_server.store.upsert import insert_into


async def note_answer(
    session: AsyncSession, model: type[PracticeAnswer | CodePracticeAnswer], now: datetime, **values: object
) -> bool:
    """Write an answer with these values down unless there is one of today (UTC); return whether it was written."""
    statement = insert_into(session, model).values(id=uuid4(), day=now.date(), created_at=now, **values)
    written = await session.execute(statement.on_conflict_do_nothing().returning(model.id))
    return written.scalar() is not None
