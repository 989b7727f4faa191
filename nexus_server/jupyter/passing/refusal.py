"""Answering in words, before any handler has the request."""

import json
from http.client import responses
from typing import Any

from tornado.httputil import HTTPHeaders, ResponseStartLine

from nexus_server.errors import NexusError
from nexus_server.web.contract import STATUS_OF


def refuse(connection: Any, error: NexusError, *, status: int | None = None) -> None:
    """Finish a request with `error`, in Jupyter's shape and in that of the product's API."""
    status = status or STATUS_OF[error.kind]
    told = {"code": error.code, "message": error.message, "details": dict(error.details)}
    body = json.dumps({"message": error.message, "reason": None, "error": told}).encode()
    headers = HTTPHeaders({"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"})
    headers["Content-Length"] = str(len(body))
    retry_after_s = getattr(error, "retry_after_s", None)
    if retry_after_s is not None:
        headers["Retry-After"] = str(max(1, round(retry_after_s)))
    connection.write_headers(ResponseStartLine("HTTP/1.1", status, responses[status]), headers, body)
    connection.finish()
