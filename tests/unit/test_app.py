"""The application: how it stops, and whom it tells of a place in the line for kernels."""

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from nexus_server import app
from nexus_server.app import NexusApp
from nexus_server.events.bus import EventBus
from nexus_server.events.kernel_positions import tell_position


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


@pytest.mark.parametrize("lost", [1, 10**9], ids=["loses one cancellation", "cannot be cancelled"])
async def test_what_cannot_be_cancelled_while_it_starts_does_not_keep_the_server(
    lost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "CANCEL_AGAIN_S", 0.01)
    application: Any = NexusApp()
    manager, services = Part(), Part()
    manager.may_end.set()
    services.may_end.set()
    services.settings = SimpleNamespace(stop_timeout_s=0.2)  # type: ignore[attr-defined]
    application.settings = {"kernel_manager": manager}
    application.services = services
    released = asyncio.Event()

    async def start() -> None:
        for _ in range(lost):
            with suppress(asyncio.CancelledError):
                await released.wait()
                return
        await released.wait()

    application._opening = asyncio.create_task(start())
    await asyncio.sleep(0)
    await application.stop_extension()
    assert (manager.stops, services.stops) == (1, 1)
    assert application._opening.cancelled() == (lost == 1)
    released.set()
    await asyncio.wait({application._opening})


def test_a_learner_is_told() -> None:
    bus, ada = EventBus(), uuid4()
    with bus.subscribe(ada) as messages:
        tell_position(bus, str(ada), "k1", 3, 7.2)
        assert messages.get_nowait() == {"type": "queue.position", "kernel_id": "k1", "position": 3, "wait_s": 8}


@pytest.mark.parametrize("owner", ["grading", ""])
def test_kernels_of_the_platform_wait_silently(owner: str) -> None:
    bus, ada = EventBus(), uuid4()
    with bus.subscribe(ada) as messages:
        tell_position(bus, owner, "k1", 3, None)
        assert messages.empty()
