"""The cookies of a login."""

from nexus_server.accounts.sessions import IssuedTokens
from nexus_server.handlers.base import NexusHandler
from nexus_server.web.cookies import set_cookies


def give_cookies(handler: NexusHandler, issued: IssuedTokens) -> None:
    """Give the browser the cookies of a login."""
    set_cookies(
        handler,
        access=issued.access_token,
        refresh=issued.refresh_token,
        expires_at=issued.session_expires_at,
    )
    _ = handler.xsrf_token  # reading it sets the cookie that later writes must echo
