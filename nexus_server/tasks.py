"""Background tasks, and ending them."""

import asyncio
from typing import Any


async def end_task(task: "asyncio.Task[Any] | None") -> None:
    """Cancel a task that runs in the background, and return when it has ended; None is no task.

    Raises:
        Exception: what the task itself ended with, if it was over before.
    """
    if task is None:
        return
    task.cancel()
    # Unlike `await task` with its cancellation suppressed, this lets whoever waits be cancelled meanwhile.
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()
