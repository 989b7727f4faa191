"""Ending a background task waits for its last word, and hides no error of it."""

import asyncio

import pytest

from nexus_server.tasks import end_task


async def test_a_task_that_was_ended_has_cleaned_up() -> None:
    begun, cleaned = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    task = asyncio.create_task(work())
    await begun.wait()
    await end_task(task)
    assert cleaned.is_set()
    assert task.cancelled()


async def test_no_task_is_ended_already() -> None:
    assert await end_task(None) is None  # type: ignore[func-returns-value]


async def test_what_a_task_failed_with_is_not_hidden() -> None:
    async def work() -> None:
        raise LookupError

    task = asyncio.create_task(work())
    await asyncio.wait({task})
    with pytest.raises(LookupError):
        await end_task(task)


async def test_who_ends_a_task_may_be_cancelled_meanwhile() -> None:
    may_end = asyncio.Event()

    async def linger() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await may_end.wait()

    task = asyncio.create_task(linger())
    await asyncio.sleep(0)
    ending = asyncio.create_task(end_task(task))
    await asyncio.sleep(0)
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert not task.done()
    may_end.set()
    await asyncio.wait({task})
