"""Talks to one identity provider: its metadata and keys, which are kept for a while, and its token endpoint."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import structlog
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError

from nexus_server.accounts.errors import ProviderUnavailableError, SignOnFailedError
from nexus_server.accounts.oidc.handshake import Handshake
from nexus_server.accounts.oidc.id_tokens import UnknownKeyError, verify_id_token
from nexus_server.accounts.oidc.proven_identity import Claims
from nexus_server.accounts.oidc.settings import Provider, SingleSignOnSettings, is_safe_address
from nexus_server.clock import Clock

log = structlog.get_logger()

#: seconds before the keys are read again because a token names one that we do not know
MIN_KEYS_AGE_S = 10.0
#: seconds after which somebody whose provider is away may try again
RETRY_AFTER_S = 15.0
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")

Document = Mapping[str, Any]


class ProviderClient:
    """One provider, as seen from here."""

    def __init__(self, provider: Provider, settings: SingleSignOnSettings, clock: Clock, *, redirect_uri: str) -> None:
        """Ask nothing yet; the provider may be away while we start."""
        self.provider = provider
        self._settings = settings
        self._clock = clock
        self._redirect_uri = redirect_uri
        #: documents by address, each with the POSIX time at which it was read
        self._kept: dict[str, tuple[float, Document]] = {}

    async def authorization_url(self, handshake: Handshake) -> str:
        """Return where the browser goes to log in.

        Raises:
            ProviderUnavailableError: the provider does not answer, or its metadata cannot be used.
        """
        metadata = await self._metadata()
        async with self._client(metadata) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=handshake.state,
                code_verifier=handshake.verifier,
                nonce=handshake.nonce,
            )
        return str(url)

    async def redeem(self, code: str, handshake: Handshake) -> Claims:
        """Exchange a code for what the provider says of the person.

        Raises:
            ProviderUnavailableError: the provider does not answer.
            SignOnFailedError: it refuses the code, or what it says does not hold.
        """
        metadata = await self._metadata()
        async with self._client(metadata) as client:
            try:
                token = await client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=handshake.verifier,
                )
            except OAuthError as exc:
                log.warning("provider_refuses_code", provider=self.provider.name, error=exc.error)
                raise SignOnFailedError(reason="code") from exc
            claims = await self._verify(token, handshake, metadata)
            return await self._with_user_info(client, claims, metadata)

    async def _verify(self, token: Mapping[str, Any], handshake: Handshake, metadata: Document) -> Claims:
        id_token, access_token = token.get("id_token"), token.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise SignOnFailedError(reason="no_id_token")
        for max_age_s in (self._settings.metadata_lifetime_s, MIN_KEYS_AGE_S):
            keys = await self._document(metadata["jwks_uri"], max_age_s=max_age_s)
            try:
                return verify_id_token(
                    id_token,
                    keys,
                    self.provider,
                    nonce=handshake.nonce,
                    access_token=access_token,
                    now=self._clock.now(),
                    leeway_s=self._settings.leeway_s,
                )
            except UnknownKeyError:
                continue  # once more, with the provider's newest keys
        raise SignOnFailedError(reason="key")

    async def _with_user_info(self, client: AsyncOAuth2Client, claims: Claims, metadata: Document) -> Claims:
        """Ask for the e-mail address where the ID token has none: section 5.4 lets providers keep it for this."""
        endpoint = metadata.get("userinfo_endpoint")
        if (
            "email" in claims
            or not isinstance(endpoint, str)
            or not is_safe_address(endpoint, near=self.provider.issuer)
        ):
            return claims
        reply = await client.get(endpoint)
        info = _json_of(reply)
        # Another person's information would be somebody else's address (section 5.3.2).
        if info.get("sub") != claims.get("sub"):
            raise SignOnFailedError(reason="userinfo")
        return {**info, **claims}

    async def _metadata(self) -> Document:
        address = self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        metadata = await self._document(address, max_age_s=self._settings.metadata_lifetime_s)
        if metadata.get("issuer") != self.provider.issuer:
            self._kept.pop(address)
            log.error("provider_has_another_name", provider=self.provider.name, issuer=metadata.get("issuer"))
            raise ProviderUnavailableError(retry_after_s=RETRY_AFTER_S)
        for name in ENDPOINTS:
            if not is_safe_address(str(metadata.get(name, "")), near=self.provider.issuer):
                self._kept.pop(address)
                log.error("provider_lacks_endpoint", provider=self.provider.name, endpoint=name)
                raise ProviderUnavailableError(retry_after_s=RETRY_AFTER_S)
        return metadata

    async def _document(self, address: str, *, max_age_s: float) -> Document:
        now = self._clock.now().timestamp()
        read_at, document = self._kept.get(address, (0.0, {}))
        if now - read_at >= max_age_s:
            async with self._client({}) as client:
                document = _json_of(await client.request("GET", address, withhold_token=True))
            self._kept[address] = (now, document)
        return document

    @asynccontextmanager
    async def _client(self, metadata: Document) -> AsyncIterator[AsyncOAuth2Client]:
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        client = AsyncOAuth2Client(
            client_id=self.provider.client_id,
            client_secret=self.provider.client_secret,
            token_endpoint_auth_method=(
                "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
            ),
            scope=" ".join(self.provider.scopes),
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=self._settings.timeout_s,
        )
        try:
            async with client:
                yield client
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as exc:
            log.warning("provider_does_not_answer", provider=self.provider.name, error=type(exc).__name__)
            raise ProviderUnavailableError(retry_after_s=RETRY_AFTER_S) from exc


def _json_of(reply: Any) -> dict[str, Any]:
    reply.raise_for_status()
    document = reply.json()
    if not isinstance(document, dict):
        raise ValueError("the provider's answer is no JSON object")  # noqa: TRY004  what came in is wrong, not a caller
    return document
