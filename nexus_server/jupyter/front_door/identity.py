"""Who is asking, for every route of the server: ours, Jupyter Server's and JupyterLab's.

The credential is our access token: in the `Authorization: Bearer` header for programs, in an HttpOnly cookie for
browsers. Jupyter's own token, `?token=` and its password do not exist here. Only the header counts as token
authentication, because that is what frees a request from XSRF and Origin checks.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, RequestHandler
from tornado.websocket import WebSocketHandler
from traitlets import Unicode, default

from nexus_server.accounts.build import Accounts
from nexus_server.accounts.sessions import Credential
from nexus_server.errors import UnavailableError
from nexus_server.jupyter.front_door.gate import Guard
from nexus_server.jupyter.front_door.logout import LOGIN_PAGE, LogoutPage
from nexus_server.learner import Learner
from nexus_server.observability.request_ids import begin_request
from nexus_server.servers.build import HomeSharing
from nexus_server.web.cookies import ACCESS, REFRESH, find_cookie, is_secure, set_cookies
from nexus_server.web.home_cookie import home_value, name_home

BEARER = "bearer "


@dataclass
class NexusUser(User):
    """Jupyter's idea of a user, with the learner behind it."""

    learner: Learner | None = field(default=None, repr=False)


def user_of(learner: Learner) -> NexusUser:
    """Return Jupyter's user for a learner; the user name is the id, which never changes."""
    words = learner.display_name.split()
    initials = "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
    return NexusUser(
        username=str(learner.id),
        name=learner.display_name,
        display_name=learner.display_name,
        initials=initials,
        learner=learner,
    )


class LoginRedirect(JupyterHandler):
    """`/login`, where Jupyter sends anonymous visitors: to our page, keeping the way back."""

    @allow_unauthenticated
    def get(self) -> None:
        """Redirect."""
        query = urlencode({"next": self.get_query_argument("next", "")}) if self.get_query_argument("next", "") else ""
        self.redirect(url_path_join(self.base_url, LOGIN_PAGE) + (f"?{query}" if query else ""))


class NexusIdentityProvider(IdentityProvider):
    """Finds the learner behind a request. `accounts` is set by `NexusApp` before the first request."""

    accounts: Accounts
    #: None where the site has one server
    sharing: HomeSharing | None = None
    token = Unicode("", help="Jupyter's token is not used.")

    @default("login_handler_class")
    def _default_login_handler(self) -> type[RequestHandler]:
        return LoginRedirect

    @default("logout_handler_class")
    def _default_logout_handler(self) -> type[RequestHandler]:
        return LogoutPage

    @property
    def auth_enabled(self) -> bool:
        """Authentication cannot be switched off."""
        return True

    def begin(self, handler: RequestHandler) -> None:
        """Give a request its id, and its reply what every reply carries."""
        handler.set_header("X-Request-ID", begin_request(handler.request.headers.get("X-Request-ID")))
        if is_secure(handler):
            handler.set_header("Strict-Transport-Security", "max-age=31536000")

    async def get_user(self, handler: RequestHandler) -> NexusUser | None:
        """Return who asks, or None.

        Raises:
            HTTPError: 503, nobody can be recognised while the database is away.
        """
        self.begin(handler)
        try:
            learner = await self._find_learner(handler)
        except UnavailableError as exc:
            if isinstance(handler, Guard) or hasattr(handler, "fail"):  # they answer our causes, with Retry-After
                raise
            raise HTTPError(503, exc.message) from exc
        if learner is None:
            return None
        self.accounts.activity.notice(learner)
        return user_of(learner)

    async def _find_learner(self, handler: RequestHandler) -> Learner | None:
        header = handler.request.headers.get("Authorization", "")
        if header:
            # An explicit credential stands alone: a wrong one is not papered over by a cookie.
            if header[: len(BEARER)].casefold() != BEARER:
                return None
            credential = await self.accounts.sessions.find_credential(header[len(BEARER) :].strip())
            handler._token_authenticated = credential is not None  # type: ignore[attr-defined]  # noqa: SLF001  Jupyter's
            return credential.learner if credential else None
        access = find_cookie(handler, ACCESS)
        credential = await self.accounts.sessions.find_credential(access) if access else None
        if credential is None:
            return await self._refresh_navigation(handler)
        self._renew(handler, credential)
        self._name_home(handler, credential.learner)
        return credential.learner

    def _renew(self, handler: RequestHandler, credential: Credential) -> None:
        """Keep an open tab logged in: half-way through its life the access cookie is replaced."""
        sessions = self.accounts.sessions
        if sessions.wants_renewal(credential.claims) and not isinstance(handler, WebSocketHandler):
            set_cookies(handler, access=sessions.renew(credential.claims), refresh=None, expires_at=None)

    def _name_home(self, handler: RequestHandler, learner: Learner) -> None:
        """Let the proxy before the servers send the learner's browser here, when they are at home here."""
        sharing = self.sharing
        if sharing is None or isinstance(handler, WebSocketHandler) or sharing.homes.fence_of(learner.id) is None:
            return
        name_home(handler, home_value(sharing.keys, sharing.name, learner.id))

    async def _refresh_navigation(self, handler: RequestHandler) -> Learner | None:
        """Let a returning visitor in by the refresh cookie, which stays as it is until the page itself rotates it.

        Only where a person opens a page. Rotating here would let whoever opens an address with an old cookie end the
        session, as a reused token does.
        """
        token = find_cookie(handler, REFRESH)
        if token is None or not _is_navigation(handler):
            return None
        issued = await self.accounts.sessions.enter(token)
        if issued is None:
            return None
        set_cookies(
            handler,
            access=issued.access_token,
            refresh=issued.refresh_token,
            expires_at=issued.session_expires_at,
        )
        return issued.learner

    def get_token(self, handler: RequestHandler) -> str | None:  # noqa: ARG002  Jupyter's signature
        """Return nothing: no token of Jupyter's is ever read, least of all from a URL."""
        return None

    def is_token_authenticated(self, handler: RequestHandler) -> bool:
        """Whether a bearer header authenticated this request."""
        return bool(getattr(handler, "_token_authenticated", False))

    def identity_model(self, user: User) -> dict[str, Any]:
        """Return what a page may know of its own user."""
        names = ("username", "name", "display_name", "initials", "avatar_url", "color")
        return {name: getattr(user, name) for name in names}

    def set_login_cookie(self, handler: RequestHandler, user: User) -> None:
        """Do nothing: `handlers/auth.py` sets the cookies."""

    def process_login_form(self, handler: RequestHandler) -> User | None:  # noqa: ARG002  Jupyter's signature
        """Let nobody in: Jupyter's own form is not served."""
        return None


def _is_navigation(handler: RequestHandler) -> bool:
    headers = handler.request.headers
    mode = headers.get("Sec-Fetch-Mode")
    if mode is not None:
        return mode == "navigate"
    return handler.request.method == "GET" and "text/html" in headers.get("Accept", "")
