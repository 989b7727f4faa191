"""Who has which answers in hand: taken for a while, so that nobody marks what somebody else is reading."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.models.marking import AnswerClaim
from nexus_server.store.upsert import insert_into

#: how long answers stay with whoever took them and went away
CLAIM = timedelta(minutes=15)


async def take(session: AsyncSession, user_id: UUID, ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Take those of some answers that nobody else has in hand; return which."""
    await session.execute(delete(AnswerClaim).where(AnswerClaim.answer_id.in_(ids), AnswerClaim.until <= now))
    wanted = [{"answer_id": each, "user_id": user_id, "until": now + CLAIM} for each in ids]
    statement = insert_into(session, AnswerClaim).values(wanted)
    taken = statement.on_conflict_do_update(
        index_elements=["answer_id"],
        set_={"until": statement.excluded.until},
        where=AnswerClaim.user_id == user_id,
    ).returning(AnswerClaim.answer_id)
    return set(await session.scalars(taken)) if wanted else set()


async def give_back(session: AsyncSession, user_id: UUID, ids: Collection[UUID]) -> None:
    """Let others have what somebody took; what they did not take stays with whoever did."""
    await session.execute(delete(AnswerClaim).where(AnswerClaim.answer_id.in_(ids), AnswerClaim.user_id == user_id))


async def held_by_others(session: AsyncSession, user_id: UUID, now: datetime) -> set[UUID]:
    """Return the answers that somebody else has in hand, to whatever question."""
    query = select(AnswerClaim.answer_id).where(AnswerClaim.user_id != user_id, AnswerClaim.until > now)
    return set(await session.scalars(query))
