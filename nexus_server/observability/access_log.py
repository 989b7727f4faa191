"""Tornado's access log: a line per request that failed, or per request; durations for Prometheus either way."""

import logging

import structlog
from jupyter_server.prometheus.log_functions import prometheus_log_method
from tornado.web import RequestHandler

from nexus_server.observability.request_ids import begin_request, find_request_id

log = structlog.get_logger("nexus_server.access")

BAD_REQUEST, SERVER_ERROR = 400, 500


class AccessLog:
    """What the application calls when a request is answered."""

    def __init__(self, *, log_successes: bool) -> None:
        """Log failures, and successes when asked."""
        self._least = 0 if log_successes else BAD_REQUEST

    def __call__(self, handler: RequestHandler) -> None:
        """Count the request, and log it. The query is left out: what is in it is nobody else's business."""
        prometheus_log_method(handler)  # type: ignore[no-untyped-call]  # Jupyter's
        status = handler.get_status()
        if status < self._least:
            return
        request = handler.request
        if find_request_id() is None:  # refused before it was known who asks
            begin_request(request.headers.get("X-Request-ID"))
        learner = getattr(handler.current_user, "learner", None) if hasattr(handler, "_current_user") else None
        log.log(
            _level(status),
            "request",
            method=request.method,
            path=request.path,
            status=status,
            duration_ms=round(1000 * request.request_time(), 1),
            remote_ip=request.remote_ip,
            **({"user_id": str(learner.id)} if learner else {}),
        )


def _level(status: int) -> int:
    if status >= SERVER_ERROR:
        return logging.ERROR
    return logging.WARNING if status >= BAD_REQUEST else logging.INFO
