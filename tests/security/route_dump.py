"""Print every route of the server as it would run, with its open methods, as JSON: ``[{"path", "methods"}]``.

Run as a program: Jupyter Server is one application per process.
"""

import inspect
import json
import logging
import sys
from typing import Any

from jupyter_server.serverapp import ServerApp
from tornado.web import RequestHandler

from nexus_server.commands.prepare import prepare
from nexus_server.installation import JUPYTER_CONFIG
from nexus_server.jupyter.front_door.gate import ClosedHandler, Guard, close_the_rest, routes_of


def methods_of(handler: type[RequestHandler]) -> list[str]:
    """Return the methods that a handler answers; none where the route is closed."""
    if issubclass(handler, ClosedHandler):
        return []
    if issubclass(handler, Guard):
        return sorted(handler.opening.methods)
    return [
        method
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        if getattr(handler, method.lower()) is not getattr(RequestHandler, method.lower())
    ]


def main() -> None:
    """Start the application without listening, and print."""
    logging.disable(logging.CRITICAL)
    out, sys.stdout = sys.stdout, sys.stderr
    prepare()
    app: Any = ServerApp.instance()
    app.initialize([f"--config={JUPYTER_CONFIG}", "--no-browser"], new_httpserver=False)
    close_the_rest(app.web_app, app.base_url)
    found = [
        {"path": path, "methods": methods_of(target)}
        for path, target in routes_of(app.web_app)
        if inspect.isclass(target) and issubclass(target, RequestHandler)
    ]
    json.dump(found, out)


if __name__ == "__main__":
    main()
