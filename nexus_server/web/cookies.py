"""The browser's half of a login: two HttpOnly cookies, under `__Host-` names where TLS allows it."""

from datetime import datetime

from tornado.web import RequestHandler

ACCESS = "nexus_access"
REFRESH = "nexus_refresh"


def is_secure(handler: RequestHandler) -> bool:
    """Whether the browser came over TLS (behind a proxy, Tornado's `xheaders` tells)."""
    return handler.request.protocol == "https"


def cookie_name(handler: RequestHandler, name: str) -> str:
    """Return the name under which a cookie travels: a `__Host-` cookie cannot be planted by a sibling domain."""
    return f"__Host-{name}" if is_secure(handler) else name


def find_cookie(handler: RequestHandler, name: str) -> str | None:
    """Return a cookie of ours."""
    return handler.get_cookie(cookie_name(handler, name)) or None


def set_cookies(handler: RequestHandler, *, access: str, refresh: str | None, expires_at: datetime | None) -> None:
    """Set the access cookie, and the refresh cookie when there is a new one, until the session ends."""
    for name, value, same_site in ((ACCESS, access, "Lax"), (REFRESH, refresh, "Strict")):
        if value is not None:
            handler.set_cookie(
                cookie_name(handler, name),
                value,
                expires=expires_at,
                path="/",
                httponly=True,
                secure=is_secure(handler),
                samesite=same_site,
            )


def clear_cookies(handler: RequestHandler) -> None:
    """Remove both."""
    for name in (ACCESS, REFRESH):
        handler.clear_cookie(
            cookie_name(handler, name), path="/", httponly=True, secure=is_secure(handler), samesite="Lax"
        )
