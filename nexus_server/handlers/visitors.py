"""What a request tells about the browser that sent it."""

import json
from uuid import uuid4

from tornado.web import RequestHandler

from nexus_server.accounts.login_guard import Visitor, network_of
from nexus_server.web.cookies import cookie_name, is_secure

DEVICE = "nexus_device"
DEVICE_DAYS = 365


def network(handler: RequestHandler) -> str:
    """Return the caller's network, for limits per address."""
    return network_of(handler.request.remote_ip or "")


def visitor_of(handler: RequestHandler) -> Visitor:
    """Return who tries to log in, as far as the request tells."""
    email, device_id = _find_device(handler)
    return Visitor(
        address=handler.request.remote_ip or "",
        user_agent=handler.request.headers.get("User-Agent", ""),
        device_email=email,
        device_id=device_id,
    )


def remember_device(handler: RequestHandler, email: str) -> None:
    """Mark this browser as one that logged in to an account."""
    known_email, device_id = _find_device(handler)
    if known_email != email or device_id is None:
        device_id = uuid4().hex
    handler.set_signed_cookie(
        cookie_name(handler, DEVICE),
        json.dumps([email, device_id]),
        expires_days=DEVICE_DAYS,
        path="/",
        httponly=True,
        secure=is_secure(handler),
        samesite="Lax",
    )


def _find_device(handler: RequestHandler) -> tuple[str | None, str | None]:
    value = handler.get_signed_cookie(cookie_name(handler, DEVICE), max_age_days=DEVICE_DAYS)
    if value is None:
        return None, None
    email, device_id = json.loads(value)  # signed by us
    return email, device_id
