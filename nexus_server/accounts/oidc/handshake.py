"""What a browser carries to a provider and back: proof that both ends are the same browser. Pure."""

import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Handshake:
    """One sign-on under way. It travels in a signed cookie that only our server reads."""

    provider: str
    #: comes back in the address: another site's page cannot finish a sign-on that it began itself
    state: str
    #: comes back in the ID token: a stolen token of another sign-on does not fit
    nonce: str
    #: PKCE: who steals the code cannot redeem it
    verifier: str
    #: where to go afterwards, a path of this site
    destination: str
    #: POSIX time in seconds
    expires_at: float
    #: the learner who links an identity to their account; empty when somebody logs in
    user_id: str = ""

    def fits(self, provider: str, state: str | None, now: datetime) -> bool:
        """Whether an answer of `provider` belongs to this sign-on."""
        is_same = hmac.compare_digest(self.state.encode(), (state or "").encode())
        return is_same and self.provider == provider and now.timestamp() < self.expires_at

    def to_text(self) -> str:
        """Return the cookie's content."""
        return json.dumps(asdict(self))


def new_handshake(provider: str, destination: str, *, expires_at: float, user_id: str = "") -> Handshake:
    """Return a sign-on with fresh random values of 256 bits."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Handshake(provider, state, nonce, verifier, destination, expires_at, user_id)


def handshake_of(text: str) -> Handshake:
    """Return what `to_text` wrote."""
    return Handshake(**json.loads(text))
