"""Verifies ID tokens (OpenID Connect Core 1.0, section 3.1.3.7). Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError  # what Authlib's claims raise

from nexus_server.accounts.errors import SignOnFailedError
from nexus_server.accounts.oidc.proven_identity import Claims
from nexus_server.accounts.oidc.settings import Provider

MAX_TOKEN_CHARS = 20_000

#: PyJWT looks at the signature only; Authlib knows what OpenID Connect asks of the claims
_CLAIMS_ARE_CHECKED_AFTER: Any = {
    f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}


class UnknownKeyError(Exception):
    """No key of the set made the signature: the provider may have rotated its keys."""


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
