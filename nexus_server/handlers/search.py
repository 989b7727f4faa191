"""One search over everything that the caller may read."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.search.hits import HitList


class SearchQuery(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
    limit: int = Field(20, ge=1, le=50)


class SearchHandler(NexusHandler):
    """GET /search."""

    @operation(
        "Search steps that are open to me, my notebooks and the forum",
        query=SearchQuery,
        reply=HitList,
        needs_home=True,
    )
    async def get(self, query: SearchQuery) -> HitList:
        """Search."""
        await self.services.rate_limits.hit("search", self.learner.id)
        return await self.services.search.search(self.learner, query.q, limit=query.limit)


ROUTES = [Route("/search", SearchHandler)]
