"""Roadmaps and the caller's progress on them."""

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.roadmaps.learning.due import DueList
from nexus_server.roadmaps.learning.views import ProgressList, RoadmapDetail, RoadmapList


class RoadmapsHandler(NexusHandler):
    """GET /roadmaps."""

    @operation("List the roadmaps with my completion", reply=RoadmapList, cache_s=2)
    async def get(self) -> RoadmapList:
        """List them."""
        return await self.services.roadmaps.catalogue.list_roadmaps(self.learner)


class RoadmapHandler(NexusHandler):
    """GET /roadmaps/{slug}."""

    @operation("Read a roadmap with its steps and my status on each", reply=RoadmapDetail, cache_s=2)
    async def get(self, slug: str) -> RoadmapDetail:
        """Read it."""
        return await self.services.roadmaps.catalogue.get_roadmap(self.learner, slug)


class ProgressHandler(NexusHandler):
    """GET /me/progress."""

    @operation("List my status on every step of every roadmap", reply=ProgressList)
    async def get(self) -> ProgressList:
        """List it."""
        return await self.services.roadmaps.catalogue.list_progress(self.learner)


class DueHandler(NexusHandler):
    """GET /me/due."""

    @operation("List the labs that are due for me, the soonest first", reply=DueList)
    async def get(self) -> DueList:
        """List them."""
        return await self.services.roadmaps.due.list_due(self.learner)


ROUTES = [
    Route("/roadmaps", RoadmapsHandler),
    Route("/roadmaps/{slug}", RoadmapHandler),
    Route("/me/progress", ProgressHandler),
    Route("/me/due", DueHandler),
]
