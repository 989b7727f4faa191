"""Hashing takes its time elsewhere, and for so many at once only."""

import asyncio
import os
import threading

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from traitlets.config import Config

from nexus_server.accounts.errors import HashingBusyError
from nexus_server.accounts.passwords import Passwords
from nexus_server.accounts.settings import AccountSettings

CHEAP = {"argon2_memory_kib": 64, "argon2_time_cost": 1, "hash_threads": 1, "hash_queue": 2}


def cheap_passwords() -> Passwords:
    return Passwords(AccountSettings(config=Config({"AccountSettings": CHEAP})))


async def test_who_would_wait_too_long_is_told_to_come_back() -> None:
    passwords = cheap_passwords()
    outcomes = await asyncio.gather(*(passwords.hash("a password") for _ in range(10)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, HashingBusyError)]
    assert [isinstance(outcome, str) for outcome in outcomes] == [True] * 3 + [False] * 7
    assert len(refused) == 7
    assert refused[0].retry_after_s is not None
    assert await passwords.verify(await passwords.hash("a password"), "a password"), "there is room again"
    passwords.close()


async def test_the_first_unknown_person_costs_no_more_than_the_next() -> None:
    passwords, made = cheap_passwords(), []

    class Counting(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            made.append(password)
            return super().hash(password, salt=salt)

    passwords._hasher = Counting(1, 64, 1)
    assert not await passwords.verify(None, "a password")
    assert made == []
    passwords.close()


def test_nobodys_hash_costs_what_everybodys_costs_and_no_password_fits() -> None:
    passwords = cheap_passwords()
    hasher = passwords._hasher
    parameters = [extract_parameters(each) for each in (passwords._nobody, hasher.hash("a password"))]
    assert parameters[0] == parameters[1]
    with pytest.raises(VerifyMismatchError):  # it was computed to the end
        hasher.verify(passwords._nobody, "a password")
    passwords.close()


def test_the_parameters_are_those_of_owasp() -> None:
    """Password Storage Cheat Sheet: 19 MiB, two passes, one lane."""
    settings = AccountSettings()
    assert (settings.argon2_memory_kib, settings.argon2_time_cost, settings.argon2_parallelism) == (19456, 2, 1)


async def test_as_many_are_hashed_at_once_as_there_are_cores() -> None:
    cores = len(os.sched_getaffinity(0))
    passwords = Passwords(AccountSettings(config=Config({"AccountSettings": {**CHEAP, "hash_threads": 0}})))
    together = threading.Barrier(cores)

    class Meeting(PasswordHasher):
        def verify(self, *_: object) -> bool:  # type: ignore[override]
            together.wait(20)
            return True

    passwords._hasher = Meeting(1, 64, 1)
    assert all(await asyncio.gather(*(passwords.verify("a hash", "a password") for _ in range(cores))))
    passwords.close()
