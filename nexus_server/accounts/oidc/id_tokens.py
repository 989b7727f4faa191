"""What a provider says of a person: reads ID tokens (OpenID Connect Core 1.0, section 3.1.3.7). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from nexus_server.accounts.errors import SignOnFailedError
from nexus_server.accounts.oidc.settings import Provider

MAX_TOKEN_CHARS = 20_000
MAX_SUBJECT_CHARS = 255

Claims = Mapping[str, Any]


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
        registry = JWSRegistry(algorithms=list(provider.algorithms), strict_check_header=False)
        decoded = jwt.decode(token, KeySet.import_key_set(_signing(keys)), registry=registry)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
                "nonce": {"essential": True},
            },
            {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=int(leeway_s))
    except (InvalidKeyIdError, BadSignatureError) as exc:
        raise UnknownKeyError from exc
    except (JoseError, ValueError, TypeError, KeyError) as exc:
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


def _signing(keys: Mapping[str, Any]) -> Any:
    """Leave out keys that encrypt: they may not sign, and one of an unknown type would spoil the whole set."""
    wanted = [key for key in keys.get("keys", []) if key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
    if not wanted:
        raise ValueError("there is no signing key")
    return {"keys": wanted}
