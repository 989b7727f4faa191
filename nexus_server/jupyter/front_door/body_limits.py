"""How large a request's body may be: notebooks with their outputs are larger than everything else.

Tornado cuts the connection of whoever sends more than it takes, which a browser tells as "Failed to fetch". Here such a
body is read to its end, kept nowhere, and answered by a 413 in words.
"""

import json
import re
from typing import Any

from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import AnyMatches, Router, Rule
from tornado.web import Application, RequestHandler, stream_request_body

MIB = 1024 * 1024
#: bytes of a body that is read to be refused; the connection of whoever sends more is cut
MAX_REFUSED_BYTES = 1024 * MIB
#: which requests carry a notebook, by method
_NOTEBOOKS = {"PUT": re.compile(r"/api/contents/.+"), "POST": re.compile(r"/nexus/api/v1/nodes/[^/]+/submissions")}


class BodyLimits(Router):
    """Sets a request's limit by its path before its body is read; asked before all other routes."""

    def __init__(self, application: Application, base_url: str, *, notebook_bytes: int, other_bytes: int) -> None:
        """`notebook_bytes` are for requests that carry a notebook, `other_bytes` for all others."""
        self._application = application
        self._prefix = base_url.rstrip("/")
        self._notebook_bytes = notebook_bytes
        self._other_bytes = other_bytes

    def find_handler(self, request: HTTPServerRequest, **_: object) -> HTTPMessageDelegate | None:
        """Return what refuses a body that is too large, or None: then the other routes are tried."""
        length, limit = _length(request), self._limit(request)
        if length > limit:
            return self._application.get_handler_delegate(request, RefusedBodyHandler, {"limit": limit})
        if length > self._other_bytes:
            request.connection.set_max_body_size(limit)  # type: ignore[union-attr]
        return None

    def _limit(self, request: HTTPServerRequest) -> int:
        pattern = _NOTEBOOKS.get(request.method or "")
        path = request.path.removeprefix(self._prefix)
        return self._notebook_bytes if pattern and pattern.fullmatch(path) else self._other_bytes

    @property
    def rule(self) -> Rule:
        """How the application's router asks here first."""
        return Rule(AnyMatches(), self)


def limit_bodies(serverapp: Any, *, notebook_bytes: int) -> None:
    """Let requests with a notebook have `notebook_bytes`, and all others what Jupyter Server allows."""
    application = serverapp.web_app
    limits = BodyLimits(
        application, serverapp.base_url, notebook_bytes=notebook_bytes, other_bytes=serverapp.max_body_size
    )
    application.default_router.rules.insert(0, limits.rule)


def _length(request: HTTPServerRequest) -> int:
    text = request.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() else 0


@stream_request_body
class RefusedBodyHandler(RequestHandler):
    """Reads a body that nobody wants, and says why."""

    def initialize(self, limit: int) -> None:
        """`limit` is what was allowed, in bytes."""
        self._limit = limit

    def check_xsrf_cookie(self) -> None:
        """Nothing is done here that another site could want."""

    def prepare(self) -> None:
        """Let the body come, up to a bound."""
        self.request.connection.set_max_body_size(MAX_REFUSED_BYTES)  # type: ignore[union-attr]

    def data_received(self, chunk: bytes) -> None:
        """Forget a piece of it."""

    def _refuse(self, **_: Any) -> None:
        limit = self._limit // MIB
        text = f"This is over {limit} MB, and no more is taken. Clear large outputs of the notebook and try again."
        error = {"code": "too_large", "message": text, "details": {"max_bytes": self._limit}}
        self.set_status(413)
        self.set_header("Content-Type", "application/json")
        # Jupyter's shape and that of the product's own API.
        self.finish(json.dumps({"message": text, "reason": None, "error": error}))

    get = head = post = put = patch = delete = options = _refuse
