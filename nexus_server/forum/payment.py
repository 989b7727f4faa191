"""What an accepted answer pays: at most so many a day, and so many between the same two people.

An account costs nothing. So who accepts has to have learned something, or somebody with ten accounts would be paid for
answers to themselves.
"""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.forum.settings import ForumSettings
from nexus_server.learner import Learner
from nexus_server.learning import Achievement, EventKind
from nexus_server.store.models.accounts import User
from nexus_server.store.models.forum import Thread
from nexus_server.store.models.gamify import LearningEvent

#: base points of the XP formula for an answer that was accepted
ACCEPTED_POINTS = 15
_KEY = "thread:{}:accepted"


async def payment_for(
    session: AsyncSession,
    thread: Thread,
    author_id: UUID | None,
    acceptor: Learner,
    *,
    now: datetime,
    settings: ForumSettings,
) -> Achievement | None:
    """Return the achievement of an author whose answer was accepted, or None where it pays nothing.

    Keyed by thread: accepting one answer after another pays each author once per thread at most. Nobody is paid for an
    answer to themselves, nor where who asked is gone.
    """
    if author_id is None or thread.author_id is None or author_id in (thread.author_id, acceptor.id):
        return None
    if not await _may_pay(session, acceptor, settings):
        return None
    # Two acceptances at once would each count without the other.
    await session.execute(select(User.id).where(User.id == author_id).with_for_update())
    if await _paid_since(session, author_id, datetime.combine(now.date(), time.min, now.tzinfo)) >= (
        settings.paid_answers_per_day
    ):
        return None
    if await _paid_between(session, thread.author_id, author_id) >= settings.paid_answers_per_pair:
        return None
    key = _KEY.format(thread.id)
    return Achievement(author_id, EventKind.POST_ACCEPTED, key, now, base_points=ACCEPTED_POINTS)


async def _may_pay(session: AsyncSession, acceptor: Learner, settings: ForumSettings) -> bool:
    """Whether what somebody accepts pays: staff, and who has learned something."""
    if acceptor.is_staff:
        return True
    xp = await session.scalar(select(User.xp).where(User.id == acceptor.id))
    return (xp or 0) >= settings.accept_min_xp


async def _paid_since(session: AsyncSession, author_id: UUID, moment: datetime) -> int:
    query = select(func.count()).where(*_accepted(author_id), LearningEvent.occurred_at >= moment)
    return await session.scalar(query) or 0


async def _paid_between(session: AsyncSession, asker_id: UUID, author_id: UUID) -> int:
    """Count by the threads: the events of one person do not say who else was there, and outlive them."""
    keys = (await session.scalars(select(LearningEvent.key).where(*_accepted(author_id)))).all()
    asked = (await session.scalars(select(Thread.id).where(Thread.author_id == asker_id))).all()
    return len(set(keys) & {_KEY.format(thread_id) for thread_id in asked})


def _accepted(author_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return LearningEvent.user_id == author_id, LearningEvent.kind == EventKind.POST_ACCEPTED.value
