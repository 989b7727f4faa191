"""Who somebody is, as a provider says in an ID token that was verified. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nexus_server.accounts.errors import SignOnFailedError

MAX_SUBJECT_CHARS = 255

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """Who somebody is, as an identity provider vouches for it. LTI 1.3 launches will end in the same object."""

    issuer: str
    subject: str
    #: None when the provider gave none, or did not verify it itself
    email: str | None
    name: str
    timezone: str


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
