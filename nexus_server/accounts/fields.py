"""What a valid e-mail address, time zone and display name are. Pure."""

import re
import zoneinfo
from functools import cache

MAX_EMAIL = 254
# One @, a dot in the domain, and none of the characters that mean something else in a mail's header (RFC 5322): whether
# mail arrives only a mail can tell.
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f()<>\[\]:;,\\\"]{1,64}@[\w-]+(?:\.[\w-]+)+")


def normalise_email(email: str) -> str:
    """Return the form under which an address is stored and compared: small letters, and nothing else is changed.

    Unicode's case folding makes `ss` of `ß` and `k` of the Kelvin sign: who owns the one domain would be taken for
    somebody at the other.
    """
    return "".join(_small(letter) for letter in email.strip())


def _small(letter: str) -> str:
    small = letter.lower()
    return small if small.upper() == letter else letter


def is_email(email: str) -> bool:
    """Whether a normalised address may be registered."""
    return len(email) <= MAX_EMAIL and _EMAIL.fullmatch(email) is not None


@cache
def _timezones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def is_timezone(name: str) -> bool:
    """Whether `name` is an IANA time zone."""
    return name in _timezones()


def clean_name(name: str) -> str:
    """Return a display name without control characters and runs of spaces."""
    return " ".join("".join(c for c in name if c.isprintable()).split())
