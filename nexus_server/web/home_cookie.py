"""The cookie that names a learner's home, for the proxy before the servers: `<server's name>~<signature>`.

It is no credential. Whoever changes it reaches another server, which passes the request on and sets it right. It has no
`__Host-` prefix: nginx cannot read a cookie with a `-` in its name.
"""

from uuid import UUID

from tornado.web import RequestHandler

from nexus_server.servers.site_keys import SiteKeys
from nexus_server.web.cookies import is_secure

HOME = "nexus_home"


def home_value(keys: SiteKeys, name: str, user_id: UUID) -> str:
    """Return the value that says that a learner is at home at the server `name`."""
    return f"{name}~{keys.sign(f'home|{name}|{user_id}')}"


def name_home(handler: RequestHandler, value: str) -> None:
    """Set the cookie, unless it is there."""
    if handler.get_cookie(HOME) != value:
        handler.set_cookie(HOME, value, path="/", httponly=True, secure=is_secure(handler), samesite="Lax")
