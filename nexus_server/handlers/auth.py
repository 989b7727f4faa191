"""Register, log in, refresh, log out."""

from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints

from nexus_server.accounts.errors import BadRefreshTokenError
from nexus_server.accounts.profile import Profile
from nexus_server.accounts.service import NewUser
from nexus_server.accounts.sessions import IssuedTokens
from nexus_server.handlers.account_fields import DisplayName, Email, Password, Timezone
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.login_cookies import give_cookies
from nexus_server.handlers.operation import Route, operation
from nexus_server.handlers.profile_reply import ProfileOut, profile_out
from nexus_server.handlers.visitors import network, remember_device, visitor_of
from nexus_server.web.cookies import REFRESH, clear_cookies, find_cookie


class RegisterIn(BaseModel):
    """A new account."""

    email: Email
    password: Password
    display_name: DisplayName
    timezone: Timezone = "UTC"


class LoginIn(BaseModel):
    """An account's credentials."""

    email: Annotated[str, StringConstraints(max_length=300)]
    password: Password


class RefreshIn(BaseModel):
    """A refresh token; browsers send it as a cookie instead."""

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None


class TokensOut(BaseModel):
    """A login's tokens."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  the name of a scheme
    #: seconds
    expires_in: int
    #: null when it travelled as a cookie: scripts need not see it
    refresh_token: str | None = None
    user: ProfileOut


class RegisterHandler(NexusHandler):
    """POST /auth/register."""

    carries_credentials = True

    @operation("Make an account", body=RegisterIn, reply=ProfileOut, status=201, public=True)
    async def post(self, body: RegisterIn) -> ProfileOut:
        """Make a student's account."""
        accounts = self.services.accounts
        await self.services.rate_limits.hit("register", network(self))
        new = NewUser(body.email, body.password, body.display_name, body.timezone)
        learner = await accounts.service.register(new)
        accounts.recovery.ask_verification(learner.id, self.language)
        return profile_out(await accounts.profiles.get_profile(learner))


class _TokenHandler(NexusHandler):
    def hand_out(self, issued: IssuedTokens, profile: Profile, *, with_cookies: bool, show_refresh: bool) -> TokensOut:
        if with_cookies:
            give_cookies(self, issued)
        self.set_header("Cache-Control", "no-store")
        return TokensOut(
            access_token=issued.access_token,
            expires_in=issued.expires_in_s,
            refresh_token=issued.refresh_token if show_refresh else None,
            user=profile_out(profile),
        )


class LoginHandler(_TokenHandler):
    """POST /auth/login."""

    carries_credentials = True

    @operation("Log in", body=LoginIn, reply=TokensOut, public=True)
    async def post(self, body: LoginIn) -> TokensOut:
        """Open a session: tokens for programs, cookies for browsers."""
        login = await self.services.accounts.service.log_in(body.email, body.password, visitor_of(self))
        remember_device(self, login.issued.learner.email)
        return self.hand_out(login.issued, login.profile, with_cookies=True, show_refresh=True)


class RefreshHandler(_TokenHandler):
    """POST /auth/refresh."""

    @operation(
        "Exchange a refresh token for a new pair", body=RefreshIn, body_optional=True, reply=TokensOut, public=True
    )
    async def post(self, body: RefreshIn | None) -> TokensOut:
        """Rotate the token of the body, or else of the cookie."""
        given = body.refresh_token if body else None
        token = given or find_cookie(self, REFRESH)
        if token is None:
            raise BadRefreshTokenError
        accounts = self.services.accounts
        issued = await accounts.sessions.refresh(token)
        await accounts.activity.record_now(issued.learner)
        profile = await accounts.profiles.get_profile(issued.learner)
        return self.hand_out(issued, profile, with_cookies=given is None, show_refresh=given is not None)


class LogoutHandler(NexusHandler):
    """POST /auth/logout."""

    @operation("End this session", body=RefreshIn, body_optional=True, status=204, public=True)
    async def post(self, body: RefreshIn | None) -> None:
        """End the session of the access token, or else of the refresh token; fine when there is none."""
        sessions = self.services.accounts.sessions
        learner = self.find_learner()
        token = (body.refresh_token if body else None) or find_cookie(self, REFRESH)
        if learner is not None and learner.session_id is not None:
            await sessions.revoke(learner.session_id, "logout")
        elif token is not None:
            await sessions.revoke_by_token(token, "logout")
        clear_cookies(self)


class LogoutAllHandler(NexusHandler):
    """POST /auth/logout-all."""

    @operation("End all sessions", status=204)
    async def post(self) -> None:
        """End every session of the caller, this one included."""
        await self.services.accounts.sessions.revoke_all(self.learner.id, "logout_all")
        clear_cookies(self)


ROUTES = [
    Route("/auth/register", RegisterHandler),
    Route("/auth/login", LoginHandler),
    Route("/auth/refresh", RefreshHandler),
    Route("/auth/logout", LogoutHandler),
    Route("/auth/logout-all", LogoutAllHandler),
]
