"""Whether the server lives, and whether it can work."""

from typing import Literal

from pydantic import BaseModel

from nexus_server.errors import UnavailableError
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation


class Live(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Each dependency by name, and the worst of them."""

    status: Literal["ok", "degraded", "unavailable"]
    dependencies: dict[str, str]


class LiveHandler(NexusHandler):
    """GET /health/live."""

    @operation("Whether the process answers", reply=Live, public=True)
    async def get(self) -> Live:
        """Answer."""
        return Live()


class ReadyHandler(NexusHandler):
    """GET /health/ready."""

    @operation("Whether every dependency answers", reply=Ready, public=True)
    async def get(self) -> Ready:
        """Ask the database."""
        try:
            await self.services.database.ping()
        except UnavailableError:
            self.set_header("Retry-After", "2")
            self.reply(Ready(status="unavailable", dependencies={"database": "unavailable"}), status=503)
            return Ready(status="unavailable", dependencies={})
        return Ready(status="ok", dependencies={"database": "ok"})


ROUTES = [Route("/health/live", LiveHandler), Route("/health/ready", ReadyHandler)]
