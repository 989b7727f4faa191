"""What a server needs to work, and which of its own parts do not."""

from typing import TYPE_CHECKING

from nexus_server.errors import UnavailableError
from nexus_server.tasks import PartState, parts

if TYPE_CHECKING:
    from nexus_server.services import Services
    from nexus_server.store.redis import RedisStore


class NotReadyError(UnavailableError):
    """The platform cannot work right now."""

    code = "not_ready"


async def dependencies(services: "Services") -> dict[str, str]:
    """Return "ok", or what is wrong, for each thing that the server needs and each of its parts that does not work.

    Without Redis the platform is slower, without the container engine no kernel starts. A part that works in the
    background is named only while it does not.

    Raises:
        NotReadyError: the database does not answer.
    """
    try:
        await services.database.ping()
    except UnavailableError as error:
        raise NotReadyError(retry_after_s=2, dependencies={"database": error.message}) from error
    engine = "ok" if services.kernels.backend.state.is_up else "unavailable"
    return {"database": "ok", "redis": await _ask_redis(services.redis), "engine": engine, **broken_parts()}


def broken_parts() -> dict[str, str]:
    """Return the parts that stopped or fail, by name; one that waits for a dependency is not to blame."""
    return {part.name: str(part.state) for part in parts() if part.state in (PartState.STOPPED, PartState.FAILING)}


def is_ready(found: dict[str, str]) -> bool:
    """Whether nothing is wrong with any of the `dependencies`."""
    return set(found.values()) <= {"ok", "not configured"}


async def _ask_redis(redis: "RedisStore | None") -> str:
    if redis is None:
        return "not configured"
    try:
        await redis.ping()
    except UnavailableError:
        return "unavailable"
    return "ok"
