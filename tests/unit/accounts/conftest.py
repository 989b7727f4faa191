from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from traitlets.config import Config

from nexus_server.accounts.access_tokens import AccessTokens
from nexus_server.accounts.settings import AccountSettings
from nexus_server.accounts.signing_keys import SigningKeys
from nexus_server.clock import ManualClock

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
LIFETIME = timedelta(days=90)


@dataclass
class Mint:
    """One site's keys and tokens, with a clock that the test moves."""

    path: Path
    algorithm: str
    clock: ManualClock
    keys: SigningKeys
    tokens: AccessTokens
    user_id: UUID
    session_id: UUID

    def issue(self) -> str:
        return self.tokens.issue(self.user_id, self.session_id)

    def is_accepted(self, token: str) -> bool:
        claims = self.tokens.read(token)
        return claims is not None and (claims.user_id, claims.session_id) == (self.user_id, self.session_id)

    def sign(self, **changes: Any) -> str:
        """Return a token signed by the site's own key, with other claims; a claim of None is left out."""
        good = jwt.decode(self.issue(), options={"verify_signature": False})
        claims = {name: value for name, value in (good | changes).items() if value is not None}
        return self.sign_claims(claims)

    def sign_claims(self, claims: dict[str, Any], **headers: Any) -> str:
        key = self.keys.signing_key
        headers = {"typ": "at+jwt", "kid": key.key_id} | headers
        return jwt.encode(claims, key, algorithm=self.algorithm, headers=headers)

    def other_process(self) -> "Mint":
        """Return what a second process of the same site makes of the same key file."""
        return _mint(self.path, self.algorithm, self.clock, self.user_id, self.session_id)


def _mint(path: Path, algorithm: str, clock: ManualClock, user_id: UUID, session_id: UUID) -> Mint:
    settings = AccountSettings(config=Config({"AccountSettings": {"jwt_algorithm": algorithm}}))
    keys = SigningKeys(path, algorithm, clock, lifetime=LIFETIME)
    return Mint(path, algorithm, clock, keys, AccessTokens(keys, settings, clock), user_id, session_id)


OpenMint = Callable[[str], Mint]


@pytest.fixture
def open_mint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenMint:
    """Open the mint of a site that signs with the given algorithm."""
    monkeypatch.delenv("NEXUS_JWT_KEYS", raising=False)
    clock = ManualClock(START)
    return lambda algorithm: _mint(tmp_path / algorithm / "jwt.json", algorithm, clock, uuid4(), uuid4())


@pytest.fixture(params=["EdDSA", "HS256"])
def mint(open_mint: OpenMint, request: pytest.FixtureRequest) -> Mint:
    """A site for each of the two algorithms."""
    return open_mint(request.param)
