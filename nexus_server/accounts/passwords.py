"""Argon2id, off the event loop and bounded: a crowd at the login page may not take the whole machine."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_bytes
from typing import TypeVar

from argon2 import DEFAULT_HASH_LENGTH, DEFAULT_RANDOM_SALT_LENGTH, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from nexus_server.accounts.errors import HashingBusyError
from nexus_server.accounts.password_policy import check_password
from nexus_server.accounts.settings import AccountSettings

T = TypeVar("T")


class Passwords:
    """Hashes and verifies passwords in its own threads, which `close` ends."""

    def __init__(self, settings: AccountSettings) -> None:
        """Prepare the threads, and the hash that stands in for unknown people."""
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_time_cost,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )
        self._threads = ThreadPoolExecutor(settings.hashes_at_once, thread_name_prefix="argon2")
        self._limit = settings.hashes_at_once + settings.hash_queue
        self._waiting = 0
        self._nobody = _hash_of_nobody(settings)

    async def hash(self, password: str) -> str:
        """Return the PHC string of `password`.

        Raises:
            HashingBusyError: too many wait already.
        """
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password fits; for None (nobody, or no password) it takes as long and is False."""
        return await self._run(lambda: self._verify(password_hash, password))

    async def check(self, password: str, *, email: str, display_name: str) -> None:
        """Refuse a weak password, in a thread: the estimate takes milliseconds.

        Raises:
            WeakPasswordError: with the reason.
        """
        await self._run(lambda: check_password(password, email=email, display_name=display_name))

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password_hash: str | None, password: str) -> bool:
        try:
            fits = self._hasher.verify(password_hash or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return fits and password_hash is not None

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._limit:
            raise HashingBusyError(retry_after_s=3)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _hash_of_nobody(settings: AccountSettings) -> str:
    """Return a PHC string of random bytes, which no password has: to try one takes as long as with anybody's."""
    salt, digest = (_encoded(token_bytes(size)) for size in (DEFAULT_RANDOM_SALT_LENGTH, DEFAULT_HASH_LENGTH))
    memory, passes, lanes = settings.argon2_memory_kib, settings.argon2_time_cost, settings.argon2_parallelism
    return f"$argon2id$v={ARGON2_VERSION}$m={memory},t={passes},p={lanes}${salt}${digest}"


def _encoded(value: bytes) -> str:
    return b64encode(value).decode().rstrip("=")
