"""The application's stop, however often it is asked for."""

import asyncio
from typing import Any

from nexus_server.app import NexusApp


class Part:
    """Something that takes a while to stop, and counts how often it was told to."""

    def __init__(self) -> None:
        self.stops = 0
        self.may_end = asyncio.Event()

    async def stop(self) -> None:
        self.stops += 1
        await self.may_end.wait()

    shutdown_all = close = stop


async def test_a_second_signal_waits_for_the_stop_that_the_first_one_began() -> None:
    application: Any = NexusApp()
    manager, services = Part(), Part()
    services.may_end.set()
    application.settings = {"kernel_manager": manager}
    application.services = services
    first, second = (asyncio.create_task(application.stop_extension()) for _ in range(2))
    done, _waiting = await asyncio.wait({first, second}, timeout=0.05)
    assert (done, manager.stops, services.stops) == (set(), 1, 0)
    manager.may_end.set()
    await asyncio.gather(first, second)
    assert (manager.stops, services.stops) == (1, 1)
