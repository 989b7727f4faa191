"""Background tasks, and ending them."""

import asyncio
from contextlib import suppress
from typing import Any


async def end_task(task: "asyncio.Task[Any] | None") -> None:
    """Cancel a task that runs in the background, and return when it has ended; None is no task.

    Raises:
        Exception: what the task itself ended with, if it was over before.
    """
    if task is None:
        return
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
