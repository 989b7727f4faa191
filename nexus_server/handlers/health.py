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

    status: Literal["ok", "degraded"]
    dependencies: dict[str, str]


class NotReadyError(UnavailableError):
    """The platform cannot work right now."""

    code = "not_ready"


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
        """Ask each dependency; without Redis the platform is slower, without the container engine no kernel starts.

        Raises:
            NotReadyError: the database does not answer.
        """
        try:
            await self.services.database.ping()
        except UnavailableError as error:
            raise NotReadyError(retry_after_s=2, dependencies={"database": error.message}) from error
        engine = "ok" if self.services.kernels.backend.state.is_up else "unavailable"
        found = {"database": "ok", "redis": await self._ask_redis(), "engine": engine}
        return Ready(status="degraded" if "unavailable" in found.values() else "ok", dependencies=found)

    async def _ask_redis(self) -> str:
        redis = self.services.redis
        if redis is None:
            return "not configured"
        try:
            await redis.ping()
        except UnavailableError:
            return "unavailable"
        return "ok"


ROUTES = [Route("/health/live", LiveHandler), Route("/health/ready", ReadyHandler)]
