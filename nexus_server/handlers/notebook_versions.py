"""Former versions of my notebooks."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from nexus_server.files.paths import MAX_PATH_CHARS
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.versions.views import ComparisonView, NotebookVersionView, RestoredView


class NotebookQuery(BaseModel):
    """Which notebook."""

    model_config = ConfigDict(extra="forbid")
    path: str = Field(min_length=1, max_length=MAX_PATH_CHARS)


class VersionsOut(BaseModel):
    """Versions of one notebook, the newest first."""

    items: list[NotebookVersionView]
    next: None = None


class NotebookVersionsHandler(NexusHandler):
    """GET /me/notebook-versions."""

    @operation("List the former versions of one of my notebooks", query=NotebookQuery, reply=VersionsOut)
    async def get(self, query: NotebookQuery) -> VersionsOut:
        """List them."""
        return VersionsOut(items=await self.services.versions.list_all(self.learner, query.path))


class NotebookVersionHandler(NexusHandler):
    """GET /me/notebook-versions/{version_id}."""

    @operation("Compare a former version with the notebook as it is", reply=ComparisonView, needs_home=True)
    async def get(self, version_id: UUID) -> ComparisonView:
        """Compare them."""
        return await self.services.versions.compare(self.learner, version_id)


class NotebookRestoreHandler(NexusHandler):
    """POST /me/notebook-versions/{version_id}/restore."""

    @operation("Bring a former version back; the present one is kept", reply=RestoredView, needs_home=True)
    async def post(self, version_id: UUID) -> RestoredView:
        """Bring it back."""
        return await self.services.versions.restore(self.learner, version_id)


ROUTES = [
    Route("/me/notebook-versions", NotebookVersionsHandler),
    Route("/me/notebook-versions/{version_id}", NotebookVersionHandler),
    Route("/me/notebook-versions/{version_id}/restore", NotebookRestoreHandler),
]
