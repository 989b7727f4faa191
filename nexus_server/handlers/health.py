"""Whether the server lives, and whether it can work."""

from typing import Literal

from pydantic import BaseModel

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.readiness import dependencies, is_ready
from nexus_server.web.forwarded import Passing, passing_of


class Live(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Each dependency by name, each part of the server that does not work, and whether all is well."""

    status: Literal["ok", "degraded"]
    dependencies: dict[str, str]


class Connection(BaseModel):
    """A request as it arrived: what a reverse proxy must not lose on the way."""

    #: http or https
    scheme: str
    host: str
    #: whom limits per address count
    address: str
    #: whether a proxy passed the request on, and whether what it says counts
    proxy: Passing
    #: whether the request still asked for a WebSocket
    upgrade: bool


class LiveHandler(NexusHandler):
    """GET /health/live: depends on nothing, whatever credential the request carries."""

    waits_for_opening = False
    asks_who_calls = False

    @operation("Whether the process answers", reply=Live, public=True)
    async def get(self) -> Live:
        """Answer."""
        return Live()


class ReadyHandler(NexusHandler):
    """GET /health/ready."""

    waits_for_opening = False

    @operation("Whether every dependency answers", reply=Ready, public=True)
    async def get(self) -> Ready:
        """Ask each dependency, and look at each part that works in the background.

        Raises:
            NotReadyError: the database does not answer.
        """
        found = await dependencies(self.services)
        return Ready(status="ok" if is_ready(found) else "degraded", dependencies=found)


class ConnectionHandler(NexusHandler):
    """GET /health/connection: for `nexus doctor`, which asks through the public address."""

    waits_for_opening = False
    asks_who_calls = False

    @operation("How this request arrived, through whatever proxy", reply=Connection, public=True)
    async def get(self) -> Connection:
        """Say what the server sees."""
        request = self.request
        return Connection(
            scheme=request.protocol,
            host=request.host,
            address=request.remote_ip or "",
            proxy=passing_of(request.connection),
            upgrade=request.headers.get("Upgrade", "").lower() == "websocket",
        )


ROUTES = [
    Route("/health/live", LiveHandler),
    Route("/health/ready", ReadyHandler),
    Route("/health/connection", ConnectionHandler),
]
