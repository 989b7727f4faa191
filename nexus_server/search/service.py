"""One search over everything that a learner may read."""

import asyncio
from collections.abc import Sequence

from nexus_server.errors import InvalidError
from nexus_server.learner import Learner
from nexus_server.search.hits import HitList, SearchSource
from nexus_server.search.matching import words_of


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
        found.sort(key=lambda hit: (-hit.score, hit.title, hit.place))
        return HitList(items=found[:limit], has_more=len(found) > limit)
