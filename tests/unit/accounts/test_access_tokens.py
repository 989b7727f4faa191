"""Which tokens are ours: every way in which one is not, for both algorithms."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.unit.accounts.conftest import Mint, OpenMint

SECRET = "x" * 64


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def test_our_own_token_is_accepted(mint: Mint) -> None:
    token = mint.issue()
    header, claims = parts(token)
    assert mint.is_accepted(token)
    assert (header["alg"], header["typ"]) == (mint.algorithm, "at+jwt")
    assert header["kid"] == mint.keys.signing_key.key_id
    assert (claims["iss"], claims["aud"], claims["exp"] - claims["iat"]) == ("nexusai", "nexus-api", 600)
    assert mint.is_accepted(mint.sign()), "the helper of the refusals below signs what is accepted"


def test_alg_none_is_refused(mint: Mint) -> None:
    header, claims = parts(mint.issue())
    for algorithm in ("none", "None", "NONE"):
        unsigned = jwt.encode(claims, "", algorithm="none", headers={"typ": header["typ"], "kid": header["kid"]})
        head = jwt.utils.base64url_encode(
            f'{{"alg":"{algorithm}","typ":"at+jwt","kid":"{header["kid"]}"}}'.encode()
        ).decode()
        assert not mint.is_accepted(unsigned)
        assert not mint.is_accepted(f"{head}.{unsigned.split('.')[1]}.")


def test_another_key_with_our_kid_is_refused(mint: Mint) -> None:
    header, claims = parts(mint.issue())
    key: Any = Ed25519PrivateKey.generate() if mint.algorithm == "EdDSA" else SECRET
    forged = jwt.encode(claims, key, algorithm=mint.algorithm, headers={"typ": header["typ"], "kid": header["kid"]})
    assert not mint.is_accepted(forged)


@pytest.mark.parametrize("kid", ["unknown", "../../etc/passwd", ""])
def test_an_unknown_kid_is_refused(mint: Mint, kid: str) -> None:
    _, claims = parts(mint.issue())
    assert not mint.is_accepted(mint.sign_claims(claims, kid=kid))


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "somebody-else"},
        {"iss": None},
        {"aud": "another-api"},
        {"aud": None},
        {"sub": None},
        {"sub": "not a uuid"},
        {"sid": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": 10**30},
        {"iat": None},
    ],
    ids=str,
)
def test_a_wrong_claim_is_refused(mint: Mint, change: dict[str, Any]) -> None:
    assert not mint.is_accepted(mint.sign(**change))


@pytest.mark.parametrize("typ", ["JWT", "id_token", "refresh+jwt", None])
def test_a_token_made_for_another_purpose_is_refused(mint: Mint, typ: str | None) -> None:
    _, claims = parts(mint.issue())
    assert not mint.is_accepted(mint.sign_claims(claims, typ=typ))


def test_a_token_is_over_at_its_end_although_it_was_accepted_before(mint: Mint) -> None:
    token = mint.issue()
    assert mint.is_accepted(token)
    mint.clock.time += timedelta(seconds=599)
    assert mint.is_accepted(token)
    mint.clock.time += timedelta(seconds=1)
    assert not mint.is_accepted(token)
    mint.clock.time -= timedelta(seconds=1)
    assert mint.is_accepted(token), "the cache forgot it, the signature still holds"


def test_the_public_key_is_no_shared_secret(open_mint: OpenMint) -> None:
    """Algorithm confusion: an HS256 signature whose secret is our published Ed25519 key, in each of its spellings."""
    mint = open_mint("EdDSA")
    header, claims = parts(mint.issue())
    private = mint.keys.signing_key.key
    assert isinstance(private, Ed25519PrivateKey)
    public = private.public_key()
    spellings = [
        public.public_bytes(Encoding.Raw, PublicFormat.Raw),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    ]
    # PyJWT refuses to sign with a PEM, so that one is signed by hand
    spellings.append(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    hs256 = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    body = jwt.encode(claims, SECRET, algorithm="HS256", headers={"typ": header["typ"], "kid": header["kid"]})
    signed = body.rsplit(".", 1)[0]
    for secret in spellings:
        forged = f"{signed}.{jwt.utils.base64url_encode(hs256.sign(signed.encode(), secret)).decode()}"
        assert jwt.get_unverified_header(forged)["alg"] == "HS256"
        assert not mint.is_accepted(forged)


def test_the_other_algorithm_is_refused_even_when_correctly_signed(open_mint: OpenMint) -> None:
    old, new = open_mint("HS256"), open_mint("EdDSA")
    assert not new.is_accepted(old.issue())
    assert not old.is_accepted(new.issue())
    # the same key file, and the setting changed: what the other algorithm signed is worth nothing from then on
    switched = old.other_process()
    switched.keys.algorithm = "EdDSA"
    assert switched.tokens.read(old.issue()) is None


def test_a_huge_token_is_not_even_parsed(mint: Mint) -> None:
    assert not mint.is_accepted(mint.sign(padding="x" * 3000))
