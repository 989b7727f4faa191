"""The forum as a source: threads by their titles and posts."""

from collections.abc import Sequence

from nexus_server.forum.finding import ThreadFinder
from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.sittings import exams_that_close
from nexus_server.search.hits import HitView, pieces
from nexus_server.store.database import Database
from nexus_server.store.models.forum import Thread

#: threads that are looked at, those with the newest posts
MAX_THREADS = 100


class ForumSource:
    """Searches what everybody may read: nothing deleted, hidden or spoiling, and nothing by whom one blocked."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def find(self, learner: Learner, words: Sequence[str]) -> list[HitView]:
        """Return the threads that have all of the words, each with the post that answers best.

        None are found by whoever sits an exam that does without the forum.
        """
        finder = ThreadFinder(learner, words, is_sqlite=self._database.is_sqlite)
        newest = finder.threads().order_by(Thread.last_post_at.desc(), Thread.id).limit(MAX_THREADS)
        async with self._database.reading() as session:
            if not learner.is_staff and await exams_that_close(session, learner.id, "forum"):
                return []
            threads = (await session.scalars(newest)).all()
            matches = await finder.matches(session, threads)
        return [
            HitView(
                kind="thread",
                title=thread.title,
                place="",
                thread_id=thread.id,
                excerpt=pieces(matches[thread.id]),
                score=matches[thread.id].score,
            )
            for thread in threads
        ]
