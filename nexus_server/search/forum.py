"""The forum as a source: threads by their titles and posts."""

from collections.abc import Sequence

from sqlalchemy import select

from nexus_server.learner import Learner
from nexus_server.search.hits import HitView, pieces
from nexus_server.search.matching import Match, match
from nexus_server.store.database import Database
from nexus_server.store.models.forum import Post, Thread

#: threads that are looked at, those with the newest posts
MAX_THREADS = 100


class ForumSource:
    """Searches threads and posts that everybody may read: nothing deleted, nothing hidden by moderators."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def find(self, _learner: Learner, words: Sequence[str]) -> list[HitView]:
        """Return the threads that have all of the words, each with the post that answers best."""
        threads = select(Thread).where(Thread.deleted_at.is_(None))
        visible = (Post.deleted_at.is_(None), Post.hidden_at.is_(None))
        for word in words:
            posts = select(Post.thread_id).where(Post.body_md.icontains(word, autoescape=True), *visible)
            threads = threads.where(Thread.title.icontains(word, autoescape=True) | Thread.id.in_(posts))
        async with self._database.reading() as session:
            found = (await session.scalars(threads.order_by(Thread.last_post_at.desc()).limit(MAX_THREADS))).all()
            ids = [thread.id for thread in found]
            query = select(Post.thread_id, Post.body_md).where(Post.thread_id.in_(ids), *visible)
            rows = (await session.execute(query.order_by(Post.created_at, Post.id))).all()
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
