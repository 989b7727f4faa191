"""The keys that sign access tokens: a JWK set, newest first. The first signs; all of them verify.

They come from the secret NEXUS_JWT_KEYS (a JWK set as JSON), or live in `<data>/keys/jwt.json`, readable by the owner
only. A key older than its lifetime is succeeded by a new one at start and verifies for one more lifetime.
"""

import base64
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nexus_server.accounts.errors import SigningKeyError
from nexus_server.clock import Clock
from nexus_server.settings import secret

#: seconds between two looks at the file for a key that another process made
RELOAD_INTERVAL_S = 1.0
MIN_SECRET_BYTES = 32

Jwk = dict[str, Any]


class SigningKeys:
    """The key ring of one algorithm."""

    def __init__(self, path: Path, algorithm: str, clock: Clock, *, lifetime: timedelta) -> None:
        """Read the keys, making the first one or the next one when it is time.

        Raises:
            SigningKeyError: the environment's or the file's keys cannot be read, or fit another algorithm.
        """
        self.algorithm = algorithm
        self._path = path
        self._clock = clock
        self._lifetime = lifetime
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at = 0.0
        environment = secret("NEXUS_JWT_KEYS", fallback="")
        self._from_environment = bool(environment)
        if environment:
            self._load(environment)
        else:
            self._load_or_make()

    @property
    def signing_key(self) -> jwt.PyJWK:
        """The newest key."""
        return next(iter(self._keys.values()))

    def find(self, kid: str) -> jwt.PyJWK | None:
        """Return the key called `kid`, looking once more into the file when it is new to us."""
        if kid not in self._keys and not self._from_environment and time.monotonic() > self._read_at:
            self._load(self._path.read_text(encoding="utf-8"))
        return self._keys.get(kid)

    def rotate(self) -> None:
        """Make a new signing key, and forget those that are older than two lifetimes."""
        with self._alone():
            self._rotate()

    def _rotate(self) -> None:
        horizon = (self._clock.now() - 2 * self._lifetime).timestamp()
        kept = [jwk for jwk in self._stored() if jwk["iat"] >= horizon]
        self._write([self._make(), *kept])

    def _load_or_make(self) -> None:
        # Servers that start at the same moment must not each make a key: the last one would be the only one known.
        with self._alone():
            stored = self._stored()
            newest = stored[0] if stored else None
            horizon = (self._clock.now() - self._lifetime).timestamp()
            if newest is None or newest["alg"] != self.algorithm or newest["iat"] < horizon:
                self._rotate()
            else:
                self._load(json.dumps({"keys": stored}))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time look into the file and write it; the lock ends with the process that holds it."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        directory = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)
            yield
        finally:
            os.close(directory)

    def _stored(self) -> list[Jwk]:
        if not self._path.exists():
            return []
        return _parse(self._path.read_text(encoding="utf-8"))

    def _load(self, text: str) -> None:
        usable = [jwk for jwk in _parse(text) if jwk.get("alg", self.algorithm) == self.algorithm]
        if not usable:
            raise SigningKeyError(f"There is no {self.algorithm} key in the signing keys.")
        self._keys = {str(jwk["kid"]): self._key_of(jwk) for jwk in usable}
        self._read_at = time.monotonic() + RELOAD_INTERVAL_S

    def _key_of(self, jwk: Jwk) -> jwt.PyJWK:
        wanted = {"EdDSA": "OKP", "HS256": "oct"}[self.algorithm]
        if jwk.get("kty") != wanted:
            raise SigningKeyError(f"Signing key {jwk.get('kid')} is not a key for {self.algorithm}.")
        if wanted == "oct" and len(_decode(str(jwk.get("k", "")))) < MIN_SECRET_BYTES:
            raise SigningKeyError(f"Signing key {jwk.get('kid')} is shorter than {MIN_SECRET_BYTES} bytes.")
        try:
            return jwt.PyJWK(jwk, algorithm=self.algorithm)
        except jwt.PyJWTError as exc:
            raise SigningKeyError(f"Signing key {jwk.get('kid')} cannot be read.") from exc

    def _make(self) -> Jwk:
        common = {
            "kid": secrets.token_hex(8),
            "alg": self.algorithm,
            "use": "sig",
            "iat": int(self._clock.now().timestamp()),
        }
        if self.algorithm == "HS256":
            return {**common, "kty": "oct", "k": _encode(secrets.token_bytes(64))}
        key = Ed25519PrivateKey.generate()
        public = _encode(key.public_key().public_bytes_raw())
        return {**common, "kty": "OKP", "crv": "Ed25519", "x": public, "d": _encode(key.private_bytes_raw())}

    def _write(self, keys: list[Jwk]) -> None:
        text = json.dumps({"keys": keys}, indent=1)
        fresh = self._path.with_suffix(f".{os.getpid()}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(self._path)
        self._load(text)


def _parse(text: str) -> list[Jwk]:
    try:
        keys: list[Jwk] = json.loads(text)["keys"]
        _ = [jwk["kid"] for jwk in keys]
    except (ValueError, KeyError, TypeError) as exc:
        raise SigningKeyError("The signing keys are not a JWK set whose keys have a kid.") from exc
    return keys


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
