"""Reading the forum: lists, search, one thread with its posts."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.forum.errors import ThreadNotFoundError
from nexus_server.forum.finding import ThreadFinder, blocked_by
from nexus_server.forum.views import GONE, Author, PostView, Sort, ThreadReading, ThreadView, shape_post, shape_thread
from nexus_server.learner import Learner, Role
from nexus_server.matching import words_of
from nexus_server.paging import Page, Position, cut
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.forum import Post, Thread, ThreadFollow, Vote
from nexus_server.store.models.roadmaps import UserProgress
from nexus_server.store.paging import newest_first


class ForumReader:
    """What anybody who is logged in may read."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def threads(
        self,
        reader: Learner,
        *,
        node_id: UUID | None = None,
        words: str = "",
        sort: Sort = Sort.ACTIVE,
        limit: int = 20,
        after: Position | None = None,
    ) -> Page[ThreadView]:
        """Return threads, newest activity (or newest) first, after a position in the same order."""
        wanted = words_of(words)
        finder = ThreadFinder(reader, wanted, is_sqlite=self._database.is_sqlite)
        query = finder.threads()
        if node_id is not None:
            query = query.where(Thread.node_id == node_id)
        async with self._database.reading() as session:
            threads = (await session.scalars(_sorted(query, sort, after, limit))).all()
            authors = await find_authors(session, {thread.author_id for thread in threads})
            matches = await finder.matches(session, threads) if wanted else {}
        moment = "created_at" if sort is Sort.NEW else "last_post_at"
        return cut(
            threads,
            limit,
            lambda thread: Position(getattr(thread, moment), thread.id),
            lambda thread: shape_thread(thread, authors[thread.author_id], matches.get(thread.id)),
        )

    async def thread(self, reader: Learner, thread_id: UUID) -> tuple[ThreadView, list[PostView]]:
        """Return a thread and its posts: the question, the accepted answer, then by score and age.

        Raises:
            ThreadNotFoundError: there is none, or it was deleted.
        """
        async with self._database.reading() as session:
            thread = await get_thread(session, thread_id)
            query = select(Post).where(Post.thread_id == thread_id).order_by(Post.created_at, Post.id)
            posts = list(await session.scalars(query))
            authors = await find_authors(session, {thread.author_id, *(post.author_id for post in posts)})
            votes = await _votes_of(session, reader, [post.id for post in posts])
            reading = await _reading_of(session, reader, posts)
            is_followed = await session.get(ThreadFollow, (thread_id, reader.id)) is not None
        first, *answers = posts
        answers.sort(key=lambda post: (post.id != thread.accepted_post_id, -post.score))
        views = [
            shape_post(post, authors[post.author_id], reading, votes.get(post.id, 0)) for post in (first, *answers)
        ]
        return replace(shape_thread(thread, authors[thread.author_id]), is_followed=is_followed), views


async def get_thread(session: AsyncSession, thread_id: UUID) -> Thread:
    """Return a thread that was not deleted.

    Raises:
        ThreadNotFoundError: there is none.
    """
    thread = await session.get(Thread, thread_id)
    if thread is None or thread.deleted_at is not None:
        raise ThreadNotFoundError
    return thread


async def find_authors(session: AsyncSession, ids: Collection[UUID | None]) -> dict[UUID | None, Author]:
    """Return the authors by id; None, a deleted account, has one too."""
    query = select(User.id, User.display_name, User.role).where(User.id.in_([one for one in ids if one is not None]))
    found: dict[UUID | None, Author] = {None: Author(None, GONE, is_staff=False)}
    for user_id, display_name, role in await session.execute(query):
        found[user_id] = Author(user_id, display_name, is_staff=role != Role.STUDENT)
    return found


async def _reading_of(session: AsyncSession, reader: Learner, posts: Collection[Post]) -> ThreadReading:
    spoiled = {post.spoiler_node_id for post in posts if post.spoiler_node_id is not None}
    done = select(UserProgress.node_id).where(
        UserProgress.user_id == reader.id, UserProgress.status == "completed", UserProgress.node_id.in_(spoiled)
    )
    completed = set(await session.scalars(done)) if spoiled else set()
    return ThreadReading(reader, set(await session.scalars(blocked_by(reader))), completed)


def _sorted(query: Select[Thread], sort: Sort, after: Position | None, limit: int) -> Select[Thread]:
    moment = Thread.created_at if sort is Sort.NEW else Thread.last_post_at
    if sort is Sort.UNANSWERED:
        query = query.where(Thread.post_count == 1)
    # Pinned threads open the first page.
    query = query.order_by(Thread.pinned_at.is_(None)) if after is None else query.where(Thread.pinned_at.is_(None))
    return newest_first(query, moment, Thread.id, after=after, limit=limit)


async def _votes_of(session: AsyncSession, reader: Learner, post_ids: list[UUID]) -> dict[UUID, int]:
    query = select(Vote.post_id, Vote.value).where(Vote.user_id == reader.id, Vote.post_id.in_(post_ids))
    return dict((await session.execute(query)).all())
