"""Tokens that mean nothing by themselves: random, and stored only as their SHA-256."""

import hashlib
import secrets


def new_token() -> str:
    """Return 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return what is stored of a token. No salt is needed: the token is random itself."""
    return hashlib.sha256(token.encode()).hexdigest()
