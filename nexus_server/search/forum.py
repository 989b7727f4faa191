"""The forum as a source: threads by their titles and posts."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from nexus_server.learner import Learner
from nexus_server.search.hits import HitView, pieces
from nexus_server.search.matching import Match, match
from nexus_server.store.database import Database
from nexus_server.store.models.forum import Post, Thread, UserBlock

#: threads that are looked at, those with the newest posts
MAX_THREADS = 100
#: their posts that are looked at: the newest that have one of the words
MAX_POSTS = 200


class ForumSource:
    """Searches what everybody may read: nothing deleted, hidden or spoiling, and nothing by whom one blocked."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def find(self, learner: Learner, words: Sequence[str]) -> list[HitView]:
        """Return the threads that have all of the words, each with the post that answers best."""
        blocked = select(UserBlock.blocked_id).where(UserBlock.blocker_id == learner.id)
        threads = select(Thread).where(Thread.deleted_at.is_(None), _is_wanted(Thread.author_id, blocked))
        visible = (
            Post.deleted_at.is_(None),
            Post.hidden_at.is_(None),
            Post.spoiler_node_id.is_(None),
            _is_wanted(Post.author_id, blocked),
        )
        for word in words:
            posts = select(Post.thread_id).where(Post.body_md.icontains(word, autoescape=True), *visible)
            threads = threads.where(Thread.title.icontains(word, autoescape=True) | Thread.id.in_(posts))
        async with self._database.reading() as session:
            found = (await session.scalars(threads.order_by(Thread.last_post_at.desc()).limit(MAX_THREADS))).all()
            ids = [thread.id for thread in found]
            query = select(Post.thread_id, Post.body_md).where(Post.thread_id.in_(ids), *visible, _has_any(words))
            query = query.order_by(Post.created_at.desc(), Post.id).limit(MAX_POSTS)
            rows = [(thread_id, body) for thread_id, body in await session.execute(query)]
        return await asyncio.to_thread(_hits, words, found, rows)


def _is_wanted(author_id: InstrumentedAttribute[UUID | None], blocked: Select[UUID]) -> ColumnElement[bool]:
    return author_id.is_(None) | author_id.not_in(blocked)


def _has_any(words: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(Post.body_md.icontains(word, autoescape=True) for word in words))


def _hits(words: Sequence[str], found: Sequence[Thread], rows: Sequence[tuple[UUID, str]]) -> list[HitView]:
    bodies = {thread.id: [body for thread_id, body in rows if thread_id == thread.id] for thread in found}
    return [_hit(thread, best) for thread in found if (best := _best(words, thread, bodies[thread.id]))]


def _best(words: Sequence[str], thread: Thread, bodies: Sequence[str]) -> Match | None:
    """Return the match of the post that answers best; words that are spread over posts count by all of them."""
    matches = [found for body in bodies if (found := match(words, thread.title, body))]
    return max(matches, key=lambda found: found.score, default=None) or match(words, thread.title, "\n".join(bodies))


def _hit(thread: Thread, found: Match) -> HitView:
    return HitView(
        kind="thread", title=thread.title, place="", thread_id=thread.id, excerpt=pieces(found), score=found.score
    )
