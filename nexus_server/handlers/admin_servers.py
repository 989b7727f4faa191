"""The servers of the site, for administrators."""

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.servers.views import ServersView


class AdminServersHandler(NexusHandler):
    """GET /admin/servers."""

    @operation("List the servers of the site", reply=ServersView)
    async def get(self) -> ServersView:
        """Answer."""
        return await self.services.servers.register.list_for(self.learner)


ROUTES = [Route("/admin/servers", AdminServersHandler)]
