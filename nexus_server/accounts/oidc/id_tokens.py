"""What a provider says of a person: reads ID tokens (OpenID Connect Core 1.0, section 3.1.3.7). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError  # what Authlib's claims raise

from nexus_server.accounts.errors import SignOnFailedError
from nexus_server.accounts.oidc.settings import Provider

MAX_TOKEN_CHARS = 20_000
MAX_SUBJECT_CHARS = 255

Claims = Mapping[str, Any]

#: PyJWT looks at the signature only; Authlib knows what OpenID Connect asks of the claims
_CLAIMS_ARE_CHECKED_AFTER: Any = {
    f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}


class UnknownKeyError(Exception):
    """No key of the set made the signature: the provider may have rotated its keys."""


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """Who somebody is, as an identity provider vouches for it. LTI 1.3 launches will end in the same object."""

    issuer: str
    subject: str
    #: None when the provider gave none, or did not verify it itself
    email: str | None
    name: str
    timezone: str


def verify_id_token(
    token: str,
    keys: Mapping[str, Any],
    provider: Provider,
    *,
    nonce: str,
    access_token: str,
    now: datetime,
    leeway_s: float,
) -> Claims:
    """Return the claims of an ID token that `provider` made for us, for this sign-on, and that is not over.

    Raises:
        UnknownKeyError: no key of `keys` (a JWK set) made the signature.
        SignOnFailedError: signature, algorithm, issuer, audience, time, nonce or access token's hash do not fit.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise SignOnFailedError(reason="size")
    try:
        header = jwt.get_unverified_header(token)
        claims = CodeIDToken(
            jwt.decode(token, _key_of(header, keys, provider), [header["alg"]], options=_CLAIMS_ARE_CHECKED_AFTER),
            header,
            {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
                "nonce": {"essential": True},
            },
            {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=int(leeway_s))
    except jwt.InvalidSignatureError as exc:
        raise UnknownKeyError from exc
    except (jwt.PyJWTError, JoseError, ValueError, TypeError, KeyError) as exc:
        raise SignOnFailedError(reason=getattr(exc, "error", "malformed")) from exc
    return dict(claims)


def identity_of(claims: Claims, issuer: str) -> ProvenIdentity:
    """Return the person behind verified claims.

    Raises:
        SignOnFailedError: there is no usable subject.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_CHARS:
        raise SignOnFailedError(reason="sub")
    # Some providers send the flag as a string.
    is_verified = claims.get("email_verified") in (True, "true")
    email = claims.get("email")
    names = (claims.get(key) for key in ("name", "preferred_username", "nickname"))
    return ProvenIdentity(
        issuer=issuer,
        subject=subject,
        email=email if is_verified and isinstance(email, str) else None,
        name=next((name for name in names if isinstance(name, str) and name.strip()), ""),
        timezone=str(claims.get("zoneinfo", "")),
    )


def _key_of(header: Mapping[str, Any], keys: Mapping[str, Any], provider: Provider) -> jwt.PyJWK:
    """Return the key that a token's header names, for its algorithm; a set of one key needs no name.

    Raises:
        UnknownKeyError: no key of the set has the name.
        ValueError: the set has no key that signs, or the algorithm is not the provider's.
    """
    if header["alg"] not in provider.algorithms:
        raise ValueError("the algorithm is not the provider's")
    # Keys that encrypt may not sign, and a shared secret is no public key.
    usable = [key for key in keys.get("keys", []) if key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
    if not usable:
        raise ValueError("there is no signing key")
    name = header.get("kid")
    if name is None and len(usable) > 1:
        raise ValueError("the token names no key")
    named = [key for key in usable if name is None or key.get("kid") == name]
    if not named:
        raise UnknownKeyError
    if named[0].get("alg", header["alg"]) != header["alg"]:
        raise ValueError("the key is for another algorithm")
    return jwt.PyJWK(named[0], algorithm=header["alg"])
