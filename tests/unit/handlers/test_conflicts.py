"""An operation whose transaction lost is done again, a few times, and never after it began to answer."""

from types import SimpleNamespace
from typing import Any

import pytest

from nexus_server.errors import NotFoundError, WriteConflictError
from nexus_server.handlers.operation import MAX_ATTEMPTS, attempt


class Losing:
    """An operation that loses so many times, then succeeds."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise WriteConflictError(retry_after_s=2)
        return "done"


def handler(*, has_answered: bool = False) -> Any:
    return SimpleNamespace(_headers_written=has_answered)


async def test_it_is_tried_until_it_wins() -> None:
    operation = Losing(MAX_ATTEMPTS - 1)
    assert await attempt(handler(), operation) == "done"
    assert operation.calls == MAX_ATTEMPTS


async def test_it_is_not_tried_for_ever() -> None:
    operation = Losing(MAX_ATTEMPTS)
    with pytest.raises(WriteConflictError):
        await attempt(handler(), operation)
    assert operation.calls == MAX_ATTEMPTS


async def test_what_was_answered_is_not_done_again() -> None:
    operation = Losing(1)
    with pytest.raises(WriteConflictError):
        await attempt(handler(has_answered=True), operation)
    assert operation.calls == 1


async def test_other_errors_are_not_tried_again() -> None:
    calls = []

    async def operation() -> None:
        calls.append(1)
        raise NotFoundError

    with pytest.raises(NotFoundError):
        await attempt(handler(), operation)
    assert len(calls) == 1
