"""Single sign-on by OpenID Connect Core 1.0: the authorization code flow with PKCE, state and nonce."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nexus_server.accounts.errors import (
    AccountDisabledError,
    SignOnDeclinedError,
    SignOnExpiredError,
    SignOnFailedError,
    UnknownProviderError,
)
from nexus_server.accounts.oidc.handshake import Handshake, new_handshake
from nexus_server.accounts.oidc.identities import Identities
from nexus_server.accounts.oidc.proven_identity import ProvenIdentity, identity_of
from nexus_server.accounts.oidc.settings import Provider, SingleSignOnSettings
from nexus_server.accounts.sessions import IssuedTokens, SessionService
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nexus_server.accounts.oidc.provider_client import ProviderClient


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """What a provider sent back through the browser: nothing of it is believed before it is checked."""

    state: str | None
    code: str | None
    error: str | None
    #: RFC 9207: who answers
    issuer: str | None


class SingleSignOn:
    """Sends people to their provider, and lets in those who come back with proof."""

    def __init__(
        self,
        clients: "Mapping[str, ProviderClient]",
        identities: Identities,
        database: Database,
        sessions: SessionService,
        *,
        settings: SingleSignOnSettings,
        clock: Clock,
    ) -> None:
        """Join the parts; `clients` by the provider's name."""
        self.identities = identities
        self._clients = clients
        self._database = database
        self._sessions = sessions
        self._lifetime_s = settings.handshake_lifetime_s
        self._clock = clock

    @property
    def providers(self) -> list[Provider]:
        """The site's providers, in the order of its settings."""
        return [client.provider for client in self._clients.values()]

    async def begin(self, provider: str, destination: str, *, learner: Learner | None = None) -> tuple[str, Handshake]:
        """Return where to send the browser, and what it must bring back; `learner` links instead of logging in.

        Raises:
            UnknownProviderError: there is none of this name.
            ProviderUnavailableError: the provider does not answer.
        """
        client = self._client(provider)
        expires_at = self._clock.now().timestamp() + self._lifetime_s
        user_id = str(learner.id) if learner else ""
        handshake = new_handshake(provider, destination, expires_at=expires_at, user_id=user_id)
        return await client.authorization_url(handshake), handshake

    async def prove(self, provider: str, handshake: Handshake | None, answer: AuthorizationResponse) -> ProvenIdentity:
        """Return who came back from a provider.

        Raises:
            UnknownProviderError: there is no such provider.
            SignOnExpiredError: the answer does not belong to a sign-on that this browser began in time.
            SignOnDeclinedError: the provider let nobody in.
            SignOnFailedError: what it says cannot be verified.
            ProviderUnavailableError: the provider does not answer.
        """
        client = self._client(provider)
        if handshake is None or not handshake.fits(provider, answer.state, self._clock.now()):
            raise SignOnExpiredError
        if answer.issuer is not None and answer.issuer != client.provider.issuer:
            raise SignOnFailedError(reason="iss")
        if answer.error is not None or not answer.code:
            raise SignOnDeclinedError
        return identity_of(await client.redeem(answer.code, handshake), client.provider.issuer)

    async def log_in(self, provider: str, identity: ProvenIdentity, *, user_agent: str) -> IssuedTokens:
        """Open a session for a proven identity.

        Raises:
            AccountDisabledError: the account is disabled.
            ForbiddenError: the identity cannot be linked to an account; see `Identities.find_or_link`.
        """
        user = await self.identities.find_or_link(identity, self._client(provider).provider)
        if user.disabled_at is not None:
            raise AccountDisabledError
        async with self._database.transaction() as session:
            return self._sessions.open(session, user, user_agent=user_agent)

    async def link(self, learner: Learner, provider: str, identity: ProvenIdentity) -> None:
        """Link a proven identity to the caller's account.

        Raises:
            UnverifiedEmailError: the provider did not verify its e-mail address.
            OtherPersonError: the address is not the account's, or the identity is linked to another account.
        """
        await self.identities.link(learner, identity, self._client(provider).provider)

    def _client(self, provider: str) -> "ProviderClient":
        client = self._clients.get(provider)
        if client is None:
            raise UnknownProviderError
        return client
