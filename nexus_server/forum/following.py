"""Who follows a thread, and what they hear of a new post. It stands under the bell; nobody hears of themselves."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.forum.mentions import Participant, find_mentions
from nexus_server.forum.reading import get_thread
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification, User
from nexus_server.store.models.forum import Post, Thread, ThreadFollow, UserBlock


class ThreadFollows:
    """Lets learners follow threads, and stop."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep who follows in `database`."""
        self._database = database
        self._clock = clock

    async def set_follow(self, learner: Learner, thread_id: UUID, *, follows: bool) -> None:
        """Follow a thread, or do not any more.

        Raises:
            ThreadNotFoundError: there is no such thread.
        """
        async with self._database.transaction() as session:
            await get_thread(session, thread_id)
            if follows:
                await follow(session, thread_id, learner.id, self._clock.now())
            else:
                own = ThreadFollow.thread_id == thread_id, ThreadFollow.user_id == learner.id
                await session.execute(delete(ThreadFollow).where(*own))


async def follow(session: AsyncSession, thread_id: UUID, user_id: UUID, now: datetime) -> None:
    """Let somebody follow a thread; twice is once."""
    if await session.get(ThreadFollow, (thread_id, user_id)) is None:
        session.add(ThreadFollow(thread_id=thread_id, user_id=user_id, created_at=now))


async def tell_of_post(session: AsyncSession, thread: Thread, post: Post, author: Learner) -> None:
    """Tell who is named in a new post, then who asked, then who follows; each hears once."""
    named = find_mentions(post.body_md, await _participants(session, thread.id))
    query = select(ThreadFollow.user_id).where(ThreadFollow.thread_id == thread.id)
    followers = list(await session.scalars(query))
    asked = [thread.author_id] if thread.author_id in followers else []
    kinds: dict[UUID, str] = {}
    for kind, people in (("forum.mention", named), ("forum.answer", asked), ("forum.reply", followers)):
        for user_id in people:
            kinds.setdefault(user_id, kind)
    kinds.pop(author.id, None)
    payload = {"thread_id": str(thread.id), "post_id": str(post.id), "title": thread.title}
    for user_id in await _who_hear(session, kinds, author):
        session.add(Notification(user_id=user_id, type=kinds[user_id], payload=payload, created_at=post.created_at))


async def _participants(session: AsyncSession, thread_id: UUID) -> Sequence[Participant]:
    """Return who can be named: who wrote in the thread or follows it, and who teaches."""
    wrote = select(Post.author_id).where(Post.thread_id == thread_id, Post.author_id.is_not(None))
    follows = select(ThreadFollow.user_id).where(ThreadFollow.thread_id == thread_id)
    query = select(User.id, User.display_name).where(
        User.disabled_at.is_(None), or_(User.id.in_(wrote), User.id.in_(follows), User.role != Role.STUDENT.value)
    )
    return [Participant(user_id, name) for user_id, name in await session.execute(query.order_by(User.id))]


async def _who_hear(session: AsyncSession, user_ids: Collection[UUID], author: Learner) -> Sequence[UUID]:
    """Return those of them who did not block the author; a teacher is heard by everybody."""
    blockers: set[UUID] = set()
    if not author.is_staff:
        query = select(UserBlock.blocker_id).where(UserBlock.blocked_id == author.id)
        blockers = set(await session.scalars(query))
    return [user_id for user_id in user_ids if user_id not in blockers]
