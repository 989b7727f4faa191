"""Which key an ID token is verified with, and which tokens are refused; signed by another library than reads them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.jws import JWSRegistry

from nexus_server.accounts.errors import SignOnFailedError
from nexus_server.accounts.oidc.id_tokens import UnknownKeyError, verify_id_token
from nexus_server.accounts.oidc.settings import Provider

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
CLAIMS = {
    "iss": "https://campus.example",
    "aud": "nexus",
    "sub": "ada",
    "nonce": "once",
    "iat": int(NOW.timestamp()),
    "exp": int((NOW + timedelta(minutes=5)).timestamp()),
}


@pytest.fixture(scope="module")
def rsa() -> RSAKey:
    return RSAKey.generate_key(2048)


@pytest.fixture(scope="module")
def other() -> RSAKey:
    return RSAKey.generate_key(2048)


def sign(key: Any, algorithm: str = "RS256", *, kid: str | None = "one", **claims: object) -> str:
    header = {"alg": algorithm} | ({"kid": kid} if kid else {})
    return jwt.encode(header, CLAIMS | claims, key, registry=JWSRegistry(algorithms=[algorithm]))


def published(key: Any, **more: str) -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": "one", **more}


def verify(token: str, *keys: dict[str, Any], algorithms: tuple[str, ...] = ("RS256",)) -> Any:
    provider = Provider("campus", "Campus", "https://campus.example", "nexus", "secret", algorithms=algorithms)
    return verify_id_token(token, {"keys": list(keys)}, provider, nonce="once", access_token="", now=NOW, leeway_s=0)


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256"])
def test_the_key_that_is_named_verifies_by_the_tokens_algorithm(rsa: RSAKey, other: RSAKey, algorithm: str) -> None:
    keys = [published(other, kid="two"), published(rsa)]
    assert verify(sign(rsa, algorithm), *keys, algorithms=(algorithm,))["sub"] == "ada"


def test_keys_on_a_curve_verify(rsa: RSAKey) -> None:
    key = ECKey.generate_key("P-256")
    assert verify(sign(key, "ES256"), published(key), algorithms=("ES256", "RS256"))["sub"] == "ada"
    with pytest.raises(SignOnFailedError):
        verify(sign(key, "ES256"), published(rsa), algorithms=("ES256", "RS256"))


def test_a_token_without_a_name_fits_a_set_of_one_key(rsa: RSAKey, other: RSAKey) -> None:
    assert verify(sign(rsa, kid=None), published(rsa))["sub"] == "ada"
    with pytest.raises(SignOnFailedError):
        verify(sign(rsa, kid=None), published(rsa), published(other, kid="two"))


def test_an_unknown_name_and_a_foreign_signature_ask_for_newer_keys(rsa: RSAKey, other: RSAKey) -> None:
    for token in (sign(rsa, kid="new"), sign(other)):
        with pytest.raises(UnknownKeyError):
            verify(token, published(rsa))


def test_what_may_not_sign_is_refused(rsa: RSAKey) -> None:
    secret = OctKey.generate_key(256)
    refused = [
        (sign(rsa, "RS512"), published(rsa)),
        (sign(rsa), published(rsa, use="enc")),
        (sign(rsa), published(rsa, alg="RS512")),
        (sign(secret, "HS256"), published(rsa)),
        (sign(secret, "HS256"), {**secret.as_dict(), "kid": "one"}),
        ("x" * 30_000, published(rsa)),
        ("no.token.atall", published(rsa)),
    ]
    for token, key in refused:
        with pytest.raises(SignOnFailedError):
            verify(token, key)


@pytest.mark.parametrize(
    "claim",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"nonce": "twice"},
        {"exp": int(NOW.timestamp()) - 1},
        {"sub": None},
    ],
    ids=str,
)
def test_a_wrong_claim_is_refused(rsa: RSAKey, claim: dict[str, Any]) -> None:
    changed = {name: value for name, value in (CLAIMS | claim).items() if value is not None}
    token = jwt.encode({"alg": "RS256", "kid": "one"}, changed, rsa)
    with pytest.raises(SignOnFailedError):
        verify(token, published(rsa))
