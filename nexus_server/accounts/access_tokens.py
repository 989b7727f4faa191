"""Access tokens: short-lived JWTs in the form of RFC 9068, signed with one pinned algorithm."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt

from nexus_server.accounts.settings import AccountSettings
from nexus_server.accounts.signing_keys import SigningKeys
from nexus_server.clock import Clock

#: the `typ` header of RFC 9068: a token made for another purpose never passes as an access token
TYPE = "at+jwt"
#: verified tokens that are remembered, so that a page's many requests verify one signature
MAX_REMEMBERED = 4096
MAX_TOKEN_CHARS = 2048


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime


class AccessTokens:
    """Issues and reads access tokens."""

    def __init__(self, keys: SigningKeys, settings: AccountSettings, clock: Clock) -> None:
        """Sign with the newest of `keys`."""
        self._keys = keys
        self._clock = clock
        self._issuer = settings.jwt_issuer
        self._audience = settings.jwt_audience
        self.lifetime = timedelta(seconds=settings.access_token_lifetime_s)
        self._remembered: dict[str, AccessClaims] = {}

    def issue(self, user_id: UUID, session_id: UUID) -> str:
        """Return a token for one session of one user."""
        now = self._clock.now()
        key = self._keys.signing_key
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(user_id),
            "sid": str(session_id),
            "iat": int(now.timestamp()),
            "exp": int((now + self.lifetime).timestamp()),
            "jti": uuid4().hex,
        }
        headers = {"typ": TYPE, "kid": key.key_id}
        return jwt.encode(claims, key, algorithm=self._keys.algorithm, headers=headers)

    def read(self, token: str) -> AccessClaims | None:
        """Return what a token says, or None when it is not ours, not intact, or over."""
        claims = self._remembered.get(token) or self._verify(token)
        if claims is None or claims.expires_at <= self._clock.now():
            self._remembered.pop(token, None)
            return None
        return claims

    def _verify(self, token: str) -> AccessClaims | None:
        if len(token) > MAX_TOKEN_CHARS:
            return None
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys.find(str(header.get("kid")))
            if key is None or header.get("typ") != TYPE:
                return None
            claims = jwt.decode(
                token,
                key,
                algorithms=[self._keys.algorithm],
                audience=self._audience,
                issuer=self._issuer,
                # `exp` is compared with our own clock in `read`
                options={
                    "require": ["exp", "iat", "iss", "aud", "sub", "sid"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            verified = AccessClaims(
                UUID(claims["sub"]), UUID(claims["sid"]), datetime.fromtimestamp(int(claims["exp"]), UTC)
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            return None
        self._remember(token, verified)
        return verified

    def _remember(self, token: str, claims: AccessClaims) -> None:
        if len(self._remembered) >= MAX_REMEMBERED:
            self._remembered.pop(next(iter(self._remembered)))
        self._remembered[token] = claims
