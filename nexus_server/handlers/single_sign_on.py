"""Single sign-on: to the provider and back, and what is linked to the caller's account."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from jupyter_server.utils import url_path_join
from pydantic import BaseModel, StringConstraints

from nexus_server.accounts.errors import SignOnExpiredError
from nexus_server.accounts.oidc.handshake import Handshake, handshake_of
from nexus_server.accounts.oidc.service import AuthorizationResponse
from nexus_server.errors import NexusError
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.destination import safe_destination
from nexus_server.handlers.login_cookies import give_cookies
from nexus_server.handlers.operation import Route, operation
from nexus_server.handlers.visitors import network, remember_device
from nexus_server.learner import Learner
from nexus_server.web.cookies import cookie_name, is_secure

COOKIE = "nexus_sign_on"

Short = Annotated[str, StringConstraints(max_length=2000)]


class LoginQuery(BaseModel):
    """Where to go afterwards: a path of this site; anything else leads to JupyterLab."""

    next: Short | None = None


class CallbackQuery(BaseModel):
    """What the provider sends back through the browser."""

    state: Short | None = None
    code: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    error: Short | None = None
    iss: Short | None = None


class ProviderOut(BaseModel):
    """An identity provider of this site."""

    name: str
    label: str


class IdentityOut(BaseModel):
    """An identity that is linked to the caller's account."""

    id: UUID
    provider: str
    label: str
    created_at: datetime


class IdentitiesOut(BaseModel):
    """What is linked, and what could be."""

    items: list[IdentityOut]
    next: None = None
    providers: list[ProviderOut]


class LinkIn(BaseModel):
    """Which provider to link, and where to go afterwards."""

    provider: Annotated[str, StringConstraints(max_length=32)]
    next: Short | None = None


class LinkOut(BaseModel):
    """Where to send the browser."""

    url: str


class _SignOnHandler(NexusHandler):
    def keep(self, handshake: Handshake) -> None:
        """Give the browser what it must bring back; Lax, because the way back begins at another site."""
        self.set_signed_cookie(
            cookie_name(self, COOKIE),
            handshake.to_text(),
            expires_days=None,
            path="/",
            httponly=True,
            secure=is_secure(self),
            samesite="Lax",
        )

    def take(self) -> Handshake | None:
        """Return what the browser brought back; it is good for one answer only."""
        text = self.get_signed_cookie(cookie_name(self, COOKIE), max_age_days=1)
        self.clear_cookie(cookie_name(self, COOKIE), path="/", httponly=True, secure=is_secure(self), samesite="Lax")
        return handshake_of(text.decode()) if text else None

    def destination(self, wanted: str | None) -> str:
        """Return where to go afterwards."""
        return safe_destination(wanted, self.base_url)


class _NavigationHandler(_SignOnHandler):
    def fail(self, error: NexusError) -> None:
        """Show a person the login page with what went wrong; programs get the contract's shape."""
        if "text/html" not in self.request.headers.get("Accept", ""):
            super().fail(error)
            return
        self.redirect(f"{url_path_join(self.base_url, 'nexus/login')}?{urlencode({'problem': error.code})}")


class SignOnHandler(_NavigationHandler):
    """GET /auth/oidc/{provider}/login."""

    @operation("Begin to log in at an identity provider", query=LoginQuery, status=302, public=True)
    async def get(self, provider: str, query: LoginQuery) -> None:
        """Send the browser to the provider."""
        await self.services.rate_limits.hit("sign_on", network(self))
        single_sign_on = self.services.accounts.single_sign_on
        url, handshake = await single_sign_on.begin(provider, self.destination(query.next))
        self.keep(handshake)
        self.redirect(url)


class CallbackHandler(_NavigationHandler):
    """GET /auth/oidc/{provider}/callback."""

    @operation("Come back from an identity provider", query=CallbackQuery, status=302, public=True)
    async def get(self, provider: str, query: CallbackQuery) -> None:
        """Log in, or link, and send the browser back to its page."""
        await self.services.rate_limits.hit("sign_on", network(self))
        handshake = self.take()
        single_sign_on = self.services.accounts.single_sign_on
        answer = AuthorizationResponse(query.state, query.code, query.error, query.iss)
        identity = await single_sign_on.prove(provider, handshake, answer)
        if handshake is None:
            raise SignOnExpiredError
        if handshake.user_id:
            await single_sign_on.link(self._linking(handshake), provider, identity)
        else:
            agent = self.request.headers.get("User-Agent", "")
            issued = await single_sign_on.log_in(provider, identity, user_agent=agent)
            await self.services.accounts.activity.record_now(issued.learner)
            give_cookies(self, issued)
            remember_device(self, issued.learner.email)
        self.redirect(handshake.destination)

    def _linking(self, handshake: Handshake) -> Learner:
        learner = self.find_learner()
        if learner is None or str(learner.id) != handshake.user_id:
            raise SignOnExpiredError
        return learner


class IdentitiesHandler(_SignOnHandler):
    """GET and POST /me/identities."""

    @operation("List the identities that I log in with", reply=IdentitiesOut)
    async def get(self) -> IdentitiesOut:
        """Return what is linked and which providers there are."""
        single_sign_on = self.services.accounts.single_sign_on
        labels = {provider.name: provider.label for provider in single_sign_on.providers}
        linked = await single_sign_on.identities.list_own(self.learner)
        return IdentitiesOut(
            items=[
                IdentityOut(
                    id=identity.id,
                    provider=identity.provider,
                    label=labels.get(identity.provider, identity.provider),
                    created_at=identity.created_at,
                )
                for identity in linked
            ],
            providers=[ProviderOut(name=name, label=label) for name, label in labels.items()],
        )

    @operation("Begin to link an identity to my account", body=LinkIn, reply=LinkOut)
    async def post(self, body: LinkIn) -> LinkOut:
        """Return where to send the browser; it comes back to the callback."""
        await self.services.rate_limits.hit("sign_on", network(self))
        url, handshake = await self.services.accounts.single_sign_on.begin(
            body.provider, self.destination(body.next), learner=self.learner
        )
        self.keep(handshake)
        return LinkOut(url=url)


class IdentityHandler(NexusHandler):
    """DELETE /me/identities/{id}."""

    @operation("Take an identity off my account", status=204)
    async def delete(self, identity_id: UUID) -> None:
        """Unlink; refused when nothing else would be left to log in with."""
        await self.services.accounts.single_sign_on.identities.unlink(self.learner, identity_id)


ROUTES = [
    Route("/auth/oidc/{provider}/login", SignOnHandler),
    Route("/auth/oidc/{provider}/callback", CallbackHandler),
    Route("/me/identities", IdentitiesHandler),
    Route("/me/identities/{identity_id}", IdentityHandler),
]
