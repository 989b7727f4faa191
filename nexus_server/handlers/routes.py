"""Every route of the HTTP API, in one list."""

import re
from typing import Any

from nexus_server.handlers import (
    auth,
    events,
    forum,
    gamify,
    health,
    me,
)
from nexus_server.handlers.base import API, UnknownRouteHandler
from nexus_server.handlers.operation import Route

MODULES = (
    auth,
    events,
    forum,
    gamify,
    health,
    me,
)
ROUTES: list[Route] = [route for module in MODULES for route in module.ROUTES]


def pattern_of(path: str) -> str:
    """Return the regular expression of a path template: ``/nodes/{id}`` matches one segment as `id`."""
    return API + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path.replace(".", r"\."))


def api_handlers() -> list[tuple[Any, ...]]:
    """Return Tornado's handler list of the API, ending with the 404 in our shape."""
    return [*((pattern_of(route.path), route.handler) for route in ROUTES), (f"{API}(?:/.*)?", UnknownRouteHandler)]
