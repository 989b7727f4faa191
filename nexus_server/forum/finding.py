"""Threads that have the words that somebody looks for, and the post of each that answers best.

The database finds them by its full-text index; `matching` says how well each answers, the same on every database.
"""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from nexus_server.learner import Learner
from nexus_server.matching import Match, excerpt, match
from nexus_server.store.full_text import has_word
from nexus_server.store.models.forum import Post, Thread, UserBlock

#: posts of a thread that are looked at: the newest that have one of the words
MAX_POSTS = 5


class ThreadFinder:
    """Looks for words in what a reader may read: nothing deleted, hidden or spoiling, nothing by whom they blocked."""

    def __init__(self, reader: Learner, words: Sequence[str], *, is_sqlite: bool) -> None:
        """`words` are what `matching.words_of` gives."""
        self._reader = reader
        self._words = words
        self._is_sqlite = is_sqlite

    def threads(self) -> Select[Thread]:
        """Return the statement of the threads that have all of the words; without words, of all."""
        query = select(Thread).where(Thread.deleted_at.is_(None), is_wanted(Thread.author_id, self._reader))
        for word in self._words:
            posts = select(Post.thread_id).where(self._has(Post.body_md, word), *self._visible())
            query = query.where(self._has(Thread.title, word) | Thread.id.in_(posts))
        return query

    async def matches(self, session: AsyncSession, threads: Sequence[Thread]) -> dict[UUID, Match]:
        """Return how each of the threads answers."""
        bodies: defaultdict[UUID, list[str]] = defaultdict(list)
        for thread_id, body in await session.execute(self._newest([thread.id for thread in threads])):
            bodies[thread_id].append(body)
        return {thread.id: self._match(thread.title, bodies[thread.id]) for thread in threads}

    def _newest(self, thread_ids: Sequence[UUID]) -> Select[UUID, str]:
        has_any = or_(*(self._has(Post.body_md, word) for word in self._words))
        order = (Post.created_at.desc(), Post.id)
        place = func.row_number().over(partition_by=Post.thread_id, order_by=order).label("place")
        posts = select(Post.thread_id, Post.body_md, place)
        found = posts.where(Post.thread_id.in_(thread_ids), has_any, *self._visible()).subquery()
        query = select(found.c.thread_id, found.c.body_md).where(found.c.place <= MAX_POSTS)
        return query.order_by(found.c.thread_id, found.c.place)

    def _match(self, title: str, bodies: Sequence[str]) -> Match:
        """Return the match of the post that answers best; words that are spread over posts count by all of them."""
        found = [one for body in bodies if (one := match(self._words, title, body))]
        together = "\n".join(bodies)
        best = max(found, key=lambda one: one.score, default=None) or match(self._words, title, together)
        # A thread with words in many posts may have one of them in an older post alone.
        return best or Match(0.0, excerpt(self._words, together))

    def _has(self, of: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
        return has_word(of, word, is_sqlite=self._is_sqlite)

    def _visible(self) -> tuple[ColumnElement[bool], ...]:
        return (
            Post.deleted_at.is_(None),
            Post.hidden_at.is_(None),
            Post.spoiler_node_id.is_(None),
            is_wanted(Post.author_id, self._reader),
        )


def blocked_by(reader: Learner) -> Select[UUID]:
    """Return the statement of those whom the reader blocked."""
    return select(UserBlock.blocked_id).where(UserBlock.blocker_id == reader.id)


def is_wanted(author_id: InstrumentedAttribute[UUID | None], reader: Learner) -> ColumnElement[bool]:
    """Whether the reader did not block the author."""
    return author_id.is_(None) | author_id.not_in(blocked_by(reader))
