"""Calls that take this machine's rights, made beside the event loop.

A mount may wait for the disk, and a helper that is started again answers after seconds: nobody else waits for that.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

#: threads of their own: what else runs in threads goes on while a helper is away
_threads = ThreadPoolExecutor(16, thread_name_prefix="host")


async def call_host(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Make a call in a thread, and return when it is over, also when the caller is cancelled meanwhile.

    So whatever it made is there to be undone. Raises what the call raises.
    """
    work = asyncio.get_running_loop().run_in_executor(_threads, partial(call, *args, **kwargs))
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait({work})
        except asyncio.CancelledError as exc:
            cancelled = exc
    if cancelled is not None:
        work.exception()  # is known, and matters to nobody
        raise cancelled
    return work.result()
