"""The servers of the site, for administrators."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.servers.views import ServersView

#: a week
MAX_DRAIN_S = 7 * 24 * 3600


class DrainIn(BaseModel):
    """How long kernels have to end."""

    model_config = ConfigDict(extra="forbid")
    #: seconds from now; null: what the settings say
    within_s: Annotated[float, Field(ge=0, le=MAX_DRAIN_S, allow_inf_nan=False)] | None = None


class AdminServersHandler(NexusHandler):
    """GET /admin/servers."""

    @operation("List the servers of the site", reply=ServersView)
    async def get(self) -> ServersView:
        """Answer."""
        return await self.services.servers.register.list_for(self.learner)


class AdminDrainHandler(NexusHandler):
    """PUT and DELETE /admin/servers/{server_id}/drain."""

    @operation(
        "Take a server out of service: no new learners, kernels end at the deadline, and then it stops",
        body=DrainIn,
        body_optional=True,
        reply=ServersView,
    )
    async def put(self, server_id: UUID, body: DrainIn | None) -> ServersView:
        """Begin, or set another deadline."""
        within_s = body.within_s if body is not None else None
        return await self.services.servers.register.drain_for(self.learner, server_id, within_s)

    @operation("Let a server that is drained take learners again", reply=ServersView)
    async def delete(self, server_id: UUID) -> ServersView:
        """Call it off."""
        return await self.services.servers.register.undrain_for(self.learner, server_id)


ROUTES = [Route("/admin/servers", AdminServersHandler), Route("/admin/servers/{server_id}/drain", AdminDrainHandler)]
