"""Guessing passwords is slow, and nobody is locked out by somebody else's guessing.

Only failures count. A browser that logged in to an account before (it holds a signed device cookie) has its own
allowance for that account, so neither a classmate behind the same NAT nor a stranger who guesses at the account can
use it up (OWASP, "device cookies").
"""

import ipaddress
from dataclasses import dataclass

from nexus_server.accounts.opaque_tokens import hash_token
from nexus_server.accounts.rate_limits import RateLimits


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a login comes from."""

    #: IP address
    address: str
    user_agent: str = ""
    #: e-mail address of the account that this browser logged in to before, and an id of the browser
    device_email: str | None = None
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to log in to one account."""

    limits: RateLimits
    account: str
    address: str
    device: str | None

    async def check(self) -> None:
        """Refuse when there were too many failures.

        Raises:
            RateLimitedError: there were.
        """
        await self.limits.check_all(self._counted())

    async def failed(self) -> None:
        """Count a failure.

        Raises:
            RateLimitedError: it was one too many (tries in parallel).
        """
        for name, *per in self._counted():
            await self.limits.hit(name, *per)

    def _counted(self) -> list[tuple[str, ...]]:
        if self.device is not None:
            return [("login_failures_device", self.account, self.device)]
        return [("login_failures", self.account), ("login_failures_address", self.address)]


class LoginGuard:
    """Counts failures per account, per device and per address."""

    def __init__(self, limits: RateLimits) -> None:
        """Count in `limits`."""
        self._limits = limits

    def attempt(self, email: str, visitor: Visitor) -> Attempt:
        """Return the guard of one try; `email` is normalised."""
        knows_account = visitor.device_email == email
        return Attempt(
            self._limits,
            hash_token(email)[:32],
            network_of(visitor.address),
            visitor.device_id if knows_account else None,
        )


def network_of(address: str) -> str:
    """Return what identifies a household or a school: an IPv4 address, or an IPv6 /64."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.IPv6Network((ip, 64), strict=False).network_address)
    return str(ip)
