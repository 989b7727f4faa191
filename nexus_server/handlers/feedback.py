"""Feedback pages, as they are sent to a browser."""

from nexus_server.handlers.base import NexusHandler


def send_feedback(handler: NexusHandler, page: str) -> None:
    """Send a feedback page; whatever is in it, the browser runs and loads nothing."""
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    handler.set_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    handler.set_header("X-Content-Type-Options", "nosniff")
    handler.finish(page)
