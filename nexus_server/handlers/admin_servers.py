"""The servers of the site, for administrators."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation


class ServerOut(FromAttributes):
    """A server, and what it holds."""

    id: UUID
    address: str
    version: str
    state: str
    kernels: int
    kernels_max: int
    clock_offset_s: float
    started_at: datetime
    heartbeat_at: datetime


class ServersOut(BaseModel):
    """Servers, by address; none where the site has one, on SQLite."""

    items: list[ServerOut]
    next: None = None


class AdminServersHandler(NexusHandler):
    """GET /admin/servers."""

    @operation("List the servers of the site", reply=ServersOut)
    async def get(self) -> ServersOut:
        """Answer."""
        views = await self.services.servers.register.list_for(self.learner)
        return ServersOut(items=[ServerOut.model_validate(view) for view in views])


ROUTES = [Route("/admin/servers", AdminServersHandler)]
