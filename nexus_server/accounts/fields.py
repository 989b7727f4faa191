"""What a valid e-mail address, time zone and display name are. Pure."""

import re
import zoneinfo
from functools import cache

import idna

from nexus_server.lookalikes import compose, is_plain, is_visible

MAX_EMAIL = 254
#: how the labels of domains outside of ASCII begin in DNS
ACE_PREFIX = "xn--"
# One @, a dot in the domain, and none of the characters that mean something else in a mail's header (RFC 5322): whether
# mail arrives only a mail can tell.
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f()<>\[\]:;,\\\"]{1,64}@[\w-]+(?:\.[\w-]+)+")


def normalise_email(email: str) -> str:
    """Return the form under which an address is stored and compared: small letters, with their accents, in domains too.

    Nothing else is changed. Unicode's case folding makes `ss` of `ß` and `k` of the Kelvin sign: who owns the one
    domain would be taken for somebody at the other.
    """
    small = compose("".join(_small(letter) for letter in email.strip()))
    local, at, domain = small.rpartition("@")
    return f"{local}{at}{'.'.join(map(_in_letters, domain.split('.')))}"


def _in_letters(label: str) -> str:
    """Return a part of a domain as people read it: ``xn--bcher-kva`` is ``bücher``."""
    if not label.startswith(ACE_PREFIX):
        return label
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label


def _small(letter: str) -> str:
    small = letter.lower()
    return small if small.upper() == letter else letter


def is_email(email: str) -> bool:
    """Whether a normalised address may be registered; it has no characters that nobody sees or reads as others."""
    if len(email) > MAX_EMAIL or _EMAIL.fullmatch(email) is None:
        return False
    return is_visible(email) and is_plain(email) and _is_domain(email.rpartition("@")[2])


def _is_domain(domain: str) -> bool:
    """Whether a domain outside of ASCII can be one (IDNA 2008); mail tells of the others whether there is one."""
    if domain.isascii():
        return not any(label.startswith(ACE_PREFIX) for label in domain.split("."))
    try:
        idna.encode(domain)
    except (idna.IDNAError, UnicodeError):
        return False
    return True


@cache
def _timezones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def is_timezone(name: str) -> bool:
    """Whether `name` is an IANA time zone."""
    return name in _timezones()


def clean_name(name: str) -> str:
    """Return a display name without control characters and runs of spaces."""
    return " ".join("".join(c for c in name if c.isprintable()).split())
