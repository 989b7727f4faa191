"""One search over everything that a learner may read."""

import asyncio
from collections.abc import Sequence

from nexus_server.errors import InvalidError
from nexus_server.learner import Learner
from nexus_server.matching import words_of
from nexus_server.search.hits import HitList, HitView, SearchSource


class SearchService:
    """Asks each source, and puts what they found in one order."""

    def __init__(self, sources: Sequence[SearchSource]) -> None:
        """Search `sources`."""
        self._sources = sources

    async def search(self, learner: Learner, question: str, *, limit: int) -> HitList:
        """Return the best hits.

        Raises:
            InvalidError: there is no word to look for.
        """
        words = words_of(question)
        if not words:
            raise InvalidError(fields={"q": "at least one word"})
        found = [
            hit for hits in await asyncio.gather(*(each.find(learner, words) for each in self._sources)) for hit in hits
        ]
        found.sort(key=_place)
        return HitList(items=found[:limit], has_more=len(found) > limit)


def _place(hit: HitView) -> tuple[float, str, str, str]:
    """Return what hits are ordered by: the same search gives the same order, whichever database answers first."""
    return -hit.score, hit.title, hit.place, str(hit.node_id or hit.thread_id or hit.path)
